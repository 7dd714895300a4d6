package io.uartnio;

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
 */
public record ModuleInfo(
        String vendor, String model, String firmware, int maxSockets, Set<AccessMode> accessModes, boolean tls) {}
