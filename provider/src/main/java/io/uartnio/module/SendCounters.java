package io.uartnio.module;

/**
 * What a module says that it has been given to send on a socket since it was opened. Modules may count in 32 bits and
 * begin anew, so only differences of totals mean something.
 *
 * @param total bytes from the host; whether those in transparent access mode count is up to the module
 * @param unacknowledged bytes that the peer has not acknowledged
 */
public record SendCounters(long total, long unacknowledged) {}
