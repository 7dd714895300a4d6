/**
 * The module's sockets as {@code java.nio} channels: a {@link io.uartnio.nio.ModuleSelectorProvider provider}, its
 * socket channels and its selectors.
 */
package io.uartnio.nio;
