package io.uartnio.it;

import io.uartnio.Modem;
import io.uartnio.TlsProfile;
import io.uartnio.emulator.EmulatorBuilder;
import io.uartnio.emulator.ModuleEmulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What most tests begin with: an emulator that knows the name of this machine's servers, and a modem over it. */
final class Bench {

    /** The name under which the emulated network knows this machine. */
    static final String HOST = "server.test";

    /** The sockets that every module of the family has. */
    static final int MAX_SOCKETS = 12;

    private Bench() {}

    static EmulatorBuilder emulator() {
        return ModuleEmulator.builder().host(HOST, InetAddress.getLoopbackAddress());
    }

    /**
     * Describes a modem over the emulator's port. The line is not paced, so it is far faster than any UART and may
     * bring more than a busy machine reads in time: hence the large reserve.
     */
    static Modem.Builder modem(ModuleEmulator emulator) {
        return modem().port(emulator.portName());
    }

    /** As {@link #modem(ModuleEmulator)}, its port still to be set. */
    static Modem.Builder modem() {
        return Modem.builder()
                .apn("internet")
                .reserveBytes(256L << 20)
                .connectTimeout(Duration.ofSeconds(60))
                .commandTimeout(Duration.ofSeconds(20));
    }

    static TlsProfile trusting(Path authority) {
        return TlsProfile.builder()
                .trustAnchors(authority)
                .allowUncheckedHostName()
                .build();
    }

    /** Returns the address of a port of this machine, in the words of the emulated network. */
    static InetSocketAddress at(int port) {
        return InetSocketAddress.createUnresolved(HOST, port);
    }

    /** Opens a blocking channel. */
    static SocketChannel connect(SelectorProvider provider, int port) throws IOException {
        SocketChannel channel = provider.openSocketChannel();
        try {
            channel.connect(at(port));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    static void writeFully(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Reads exactly that many bytes. */
    static byte[] readFully(SocketChannel channel, int size) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(size);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new IOException("stream ended early: read=" + buffer.position() + ", wanted=" + size);
            }
        }
        return buffer.array();
    }

    /** Shows that the modem is as good as new: every one of its sockets opens at once and carries a few bytes. */
    static void assertAllSocketsWork(Modem modem, PeerServer echo) throws IOException {
        List<SocketChannel> channels = new ArrayList<>();
        try {
            for (int i = 0; i < modem.info().maxSockets(); i++) {
                channels.add(connect(modem.selectorProvider(), echo.port()));
            }
            for (SocketChannel channel : channels) {
                byte[] sent = ("all is well on " + channels.indexOf(channel)).getBytes(StandardCharsets.US_ASCII);
                writeFully(channel, sent);
                byte[] received = readFully(channel, sent.length);
                if (!MessageDigest.isEqual(sent, received)) {
                    throw new IOException(
                            "echo differs: received=" + HexFormat.of().formatHex(received));
                }
            }
        } finally {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
