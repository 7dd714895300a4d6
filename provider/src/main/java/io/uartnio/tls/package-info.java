/**
 * The module's TLS behind the types of {@code javax.net.ssl}: {@link io.uartnio.tls.UartNioProvider} gives SSL contexts
 * whose engines stand for the TLS that the module runs on the channel under them. {@code docs/tls.md} compares the three
 * ways to TLS.
 */
package io.uartnio.tls;
