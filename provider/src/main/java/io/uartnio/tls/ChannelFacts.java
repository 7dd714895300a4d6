package io.uartnio.tls;

import io.uartnio.TlsSessionInfo;
import io.uartnio.socket.ModuleSockets;

/**
 * What a channel tells the engine that it has met.
 *
 * @param sockets where the channel's socket comes from, so whose module it is
 * @param host what the channel was connected to, a name or a numeric address
 * @param port of the host
 * @param session what can be said of the module's TLS on it
 */
record ChannelFacts(ModuleSockets sockets, String host, int port, TlsSessionInfo session) {}
