package io.uartnio.module;

import io.uartnio.AccessMode;

/**
 * Where a socket is to listen.
 *
 * @param port the module's port, 1 to 65535
 * @param backlog how many connections may wait to be accepted, for a module that can be told
 * @param accessMode what accepted connections are to begin with, {@link AccessMode#BUFFER}: where manuals disagree
 *     whether that of the listening socket holds for them, this one holds either way
 */
public record ListenRequest(int port, int backlog, AccessMode accessMode) {}
