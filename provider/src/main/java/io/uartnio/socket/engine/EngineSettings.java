package io.uartnio.socket.engine;

import io.uartnio.AccessMode;

/**
 * Sizes and time limits of a modem's sockets.
 *
 * @param receiveBufferBytes ring of received bytes a socket, a power of two
 * @param sendBufferBytes ring of bytes to send a socket, a power of two
 * @param reserveBytes what all sockets together may hold beyond their receive rings
 * @param accessMode of a socket that is not told otherwise, if the module has it
 * @param connectTimeoutMillis how long a connect may take if its caller says nothing
 * @param lingerMillis how long a closed socket may take to send what was written and see it acknowledged
 */
public record EngineSettings(
        int receiveBufferBytes,
        int sendBufferBytes,
        long reserveBytes,
        AccessMode accessMode,
        long connectTimeoutMillis,
        long lingerMillis) {}
