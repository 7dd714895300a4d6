package io.uartnio;

import java.util.List;
import java.util.Set;

/**
 * What a module is and can do.
 *
 * @param vendor as the module names it
 * @param model as the module names it
 * @param firmware the revision of its firmware
 * @param maxSockets how many sockets can be open at once
 * @param accessModes the access modes that can be asked for
 * @param tls true if the module can run TLS itself
 * @param tlsProtocols the versions that it can be told to use, by the JDK's names, the best first; empty without TLS
 * @param tlsCipherSuites the cipher suites that it can be told to use, by their IANA names; empty without TLS
 */
public record ModuleInfo(
        String vendor,
        String model,
        String firmware,
        int maxSockets,
        Set<AccessMode> accessModes,
        boolean tls,
        List<String> tlsProtocols,
        List<String> tlsCipherSuites) {}
