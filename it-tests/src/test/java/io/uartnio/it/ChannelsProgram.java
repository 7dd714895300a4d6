package io.uartnio.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** What a program that knows nothing of this project sees of it as the JVM's default provider. */
final class ChannelsProgram {

    private ChannelsProgram() {}

    /** Takes what to do and the ports that it needs. */
    public static void main(String[] arguments) throws IOException {
        switch (arguments[0]) {
            case "kinds" -> kinds();
            case "oneLoop" -> oneLoop(Integer.parseInt(arguments[1]));
            case "tls" -> tls(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
            case "withoutFlag" -> withoutFlag();
            case "withoutPort" -> withoutPort();
            case "lastWords" -> lastWords(Integer.parseInt(arguments[1]));
            default -> throw new IllegalArgumentException("unknown program: " + arguments[0]);
        }
        System.out.println("done");
    }

    private static boolean isOfTheJdk(Object channel) {
        return channel.getClass().getModule() == Object.class.getModule();
    }

    private static void kinds() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open();
                DatagramChannel datagrams = DatagramChannel.open();
                DatagramChannel datagrams6 = DatagramChannel.open(StandardProtocolFamily.INET);
                SocketChannel unix = SocketChannel.open(StandardProtocolFamily.UNIX);
                SocketChannel socket = SocketChannel.open();
                SocketChannel socket4 = SocketChannel.open(StandardProtocolFamily.INET);
                Selector selector = Selector.open()) {
            assertThat(isOfTheJdk(server)).isTrue();
            assertThat(isOfTheJdk(datagrams)).isTrue();
            assertThat(isOfTheJdk(datagrams6)).isTrue();
            assertThat(isOfTheJdk(unix)).isTrue();
            assertThat(isOfTheJdk(socket)).isFalse();
            assertThat(isOfTheJdk(socket4)).isFalse();
            assertThat(isOfTheJdk(selector)).isFalse();
            Pipe pipe = Pipe.open();
            assertThat(isOfTheJdk(pipe)).isTrue();
            pipe.source().configureBlocking(false);
            pipe.source().register(selector, SelectionKey.OP_READ);
            pipe.sink().write(ByteBuffer.allocate(1));
            assertThat(selector.select()).isEqualTo(1);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            assertThat(socket.connect(server.getLocalAddress())).isTrue();
            assertThat(socket.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
            assertThat(socket.getLocalAddress()).isEqualTo(server.accept().getRemoteAddress());
        }
    }

    /** One selector, one channel to the loopback and one to the module, both registered before they are connected. */
    private static void oneLoop(int echoPort) throws IOException {
        try (Selector selector = Selector.open();
                ServerSocketChannel server = ServerSocketChannel.open();
                SocketChannel near = SocketChannel.open();
                SocketChannel far = SocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            near.configureBlocking(false);
            far.configureBlocking(false);
            near.register(selector, SelectionKey.OP_CONNECT, "near");
            far.register(selector, SelectionKey.OP_CONNECT, "far");
            near.connect(server.getLocalAddress());
            far.connect(server(echoPort));
            SocketChannel accepted = server.accept();
            StringBuilder read = new StringBuilder();
            while (read.length() < 7) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    SocketChannel channel = (SocketChannel) key.channel();
                    if (key.isConnectable()) {
                        assertThat(channel.finishConnect()).isTrue();
                        key.interestOps(SelectionKey.OP_READ);
                        if (channel == far) {
                            channel.write(ByteBuffer.wrap("far".getBytes(US_ASCII)));
                        } else {
                            accepted.write(ByteBuffer.wrap("near".getBytes(US_ASCII)));
                        }
                    } else {
                        ByteBuffer buffer = ByteBuffer.allocate(100);
                        channel.read(buffer);
                        String text = US_ASCII.decode(buffer.flip()).toString();
                        assertThat((String) key.attachment()).contains(text);
                        read.append(text);
                    }
                }
                selector.selectedKeys().clear();
            }
            accepted.close();
        }
    }

    /** The module runs TLS to the one port, as a property says, and none to the other. */
    private static void tls(int tlsPort, int plainPort) throws IOException {
        for (int port : new int[] {tlsPort, plainPort}) {
            try (SocketChannel channel = SocketChannel.open(server(port))) {
                channel.write(ByteBuffer.wrap("HEAD /1 HTTP/1.0\r\n\r\n".getBytes(US_ASCII)));
                ByteBuffer answer = ByteBuffer.allocate(12);
                while (answer.hasRemaining()) {
                    assertThat(channel.read(answer)).isPositive();
                }
                assertThat(US_ASCII.decode(answer.flip()).toString()).endsWith(" 200");
            }
        }
    }

    private static void withoutFlag() {
        for (Opening opening : new Opening[] {
            SocketChannel::open, ServerSocketChannel::open, DatagramChannel::open, Selector::open, Pipe::open
        }) {
            assertThatThrownBy(opening::open)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("--add-exports java.base/sun.nio.ch=ALL-UNNAMED");
        }
    }

    private static void withoutPort() throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            assertThatThrownBy(() -> channel.connect(server(80)))
                    .isInstanceOf(IOException.class)
                    .hasStackTraceContaining("uartnio.port");
            assertThat(channel.isOpen()).isFalse();
        }
        kinds();
    }

    /** What was written last leaves although nobody waits for it. */
    private static void lastWords(int port) throws IOException {
        SocketChannel channel = SocketChannel.open(server(port));
        channel.write(ByteBuffer.wrap(Contents.of(30_000)));
        channel.close();
        System.exit(0);
    }

    /** As programs make an address that have never heard of this project: resolved. */
    @SuppressWarnings("AddressSelection") // the name has one address
    private static InetSocketAddress server(int port) {
        return new InetSocketAddress(Bench.HOST, port);
    }

    /** Opens something. */
    @FunctionalInterface
    private interface Opening {
        Object open() throws IOException;
    }
}
