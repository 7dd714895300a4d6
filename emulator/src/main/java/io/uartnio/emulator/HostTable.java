package io.uartnio.emulator;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The network that the played module sees: names with their addresses, and single services moved to another port.
 * Dotted IPv4 addresses stand for themselves; any other name that is not in the table does not exist. Filled before
 * the module starts, then only read.
 */
final class HostTable {

    private static final Pattern DOTTED = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private final Map<String, InetAddress> hosts = new HashMap<>();
    private final Map<String, InetSocketAddress> services = new HashMap<>();

    void add(String name, InetAddress address) {
        hosts.put(key(name), address);
    }

    void add(String name, int port, InetSocketAddress target) {
        services.put(key(name) + ":" + port, target);
    }

    /** Finds the address that the emulated DNS gives. */
    Optional<InetAddress> resolve(String host) {
        InetAddress address = hosts.get(key(host));
        if (address != null) {
            return Optional.of(address);
        }
        Optional<InetAddress> ofService = services.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(key(host) + ":"))
                .map(entry -> entry.getValue().getAddress())
                .findFirst();
        return ofService.isPresent() ? ofService : literal(host);
    }

    /** Finds where a connection to a host's port really leads. */
    Optional<InetSocketAddress> service(String host, int port) {
        InetSocketAddress target = services.get(key(host) + ":" + port);
        if (target != null) {
            return Optional.of(target);
        }
        InetAddress address = hosts.get(key(host));
        return (address != null ? Optional.of(address) : literal(host))
                .map(found -> new InetSocketAddress(found, port));
    }

    /** Finds where a datagram to a dotted address really goes; nothing for a name. */
    Optional<InetSocketAddress> dotted(String address, int port) {
        return literal(address).flatMap(found -> service(address, port));
    }

    /** Finds what the module sees of a peer: the dotted address and port that lead to it, or what it really has. */
    InetSocketAddress seen(InetSocketAddress real) {
        return services.entrySet().stream()
                .filter(entry -> entry.getValue().equals(real))
                .map(entry -> seen(entry.getKey()))
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(real);
    }

    private static Optional<InetSocketAddress> seen(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        int port = Integer.parseInt(hostAndPort.substring(colon + 1));
        return literal(hostAndPort.substring(0, colon)).map(address -> new InetSocketAddress(address, port));
    }

    HostTable copy() {
        HostTable copy = new HostTable();
        copy.hosts.putAll(hosts);
        copy.services.putAll(services);
        return copy;
    }

    /** Dotted addresses only: a name must never reach the resolver of the machine. */
    private static Optional<InetAddress> literal(String host) {
        if (!DOTTED.matcher(host).matches()) {
            return Optional.empty();
        }
        String[] parts = host.split("\\.", -1);
        byte[] address = new byte[4];
        for (int i = 0; i < 4; i++) {
            int part = Integer.parseInt(parts[i]);
            if (part > 255) {
                return Optional.empty();
            }
            address[i] = (byte) part;
        }
        try {
            return Optional.of(InetAddress.getByAddress(address));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
