package io.uartnio.module;

/**
 * What a module says that it has received for a socket since it was opened. Modules may count in 32 bits and begin
 * anew, so only differences of these mean something.
 *
 * @param total bytes from the peer
 * @param read bytes handed to the host; whether pushed ones count is up to the module
 * @param unread bytes that wait in the module
 */
public record ReceiveCounters(long total, long read, long unread) {}
