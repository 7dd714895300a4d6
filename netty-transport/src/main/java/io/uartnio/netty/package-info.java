/**
 * Netty channels over the sockets of a module: {@link io.uartnio.netty.ModemSocketChannel} on any event loop, its
 * options, and a resolver that leaves names to the module.
 */
package io.uartnio.netty;
