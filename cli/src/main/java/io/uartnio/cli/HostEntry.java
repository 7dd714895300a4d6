package io.uartnio.cli;

import io.uartnio.emulator.EmulatorBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * One line of the emulator's host table, {@code NAME[:PORT]=ADDRESS[:PORT]}: a host as the module sees it, and where
 * its services really are.
 *
 * @param name with a port if only that service is meant
 * @param target without a port if it is the same
 */
record HostEntry(HostPort name, HostPort target) {

    static HostEntry parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw new TypeConversionException("'" + text + "' is not NAME=ADDRESS or NAME:PORT=ADDRESS:PORT");
        }
        HostPort name = HostPort.parse(text.substring(0, equals));
        HostPort target = HostPort.parse(text.substring(equals + 1));
        if (name.port() == 0 && target.port() != 0) {
            // A port on one side only is that of the service on both.
            name = new HostPort(name.host(), target.port());
        }
        return new HostEntry(name, target);
    }

    /** Adds this line to an emulator's table. */
    void addTo(EmulatorBuilder builder) throws UnknownHostException {
        InetAddress address = InetAddress.getByName(target.host());
        if (name.port() == 0) {
            builder.host(name.host(), address);
        } else {
            builder.host(name.host(), name.port(), new InetSocketAddress(address, target.portOr(name.port())));
        }
    }

    @Override
    public String toString() {
        return name + " = " + target;
    }

    /** Reads one from a command line. */
    static final class Converter implements ITypeConverter<HostEntry> {
        @Override
        public HostEntry convert(String text) {
            return parse(text);
        }
    }
}
