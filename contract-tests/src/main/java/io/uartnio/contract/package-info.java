/**
 * What {@code java.nio}'s socket channels, selectors, keys and socket adaptors, and {@code java.net}'s sockets do, as tests that any implementation can
 * be put under. They run against the JDK's own first: a test that the JDK fails is a wrong test.
 */
package io.uartnio.contract;
