package io.uartnio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.uartnio.emulator.ModuleEmulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Channels of which only the class is named: the modem is that of the system properties, opened at first use. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class DefaultModemTest {

    /** Not closed: the modem is open until the JVM ends, and would look for its module on the tty's next owner. */
    private static ModuleEmulator emulator;

    @BeforeAll
    static void start() throws IOException {
        emulator = ModuleEmulator.builder()
                .host(TtyModule.HOST, InetAddress.getLoopbackAddress())
                .start();
    }

    @Test
    void aChannelOfNoModemIsThatOfTheSystemProperties() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            System.setProperty("uartnio.port", emulator.portName());
            System.setProperty("uartnio.apn", "internet");
            EventLoopGroup group = Loops.NIO.open();
            try {
                ChannelFuture listener = new ServerBootstrap()
                        .group(group)
                        .channel(ModemServerSocketChannel.class)
                        .childHandler(new ChannelInboundHandlerAdapter())
                        .bind(2000);
                ChannelFuture datagrams = new Bootstrap()
                        .group(group)
                        .channel(ModemDatagramChannel.class)
                        .handler(new DatagramRecorder())
                        .bind(3000);
                assertThat(listener.sync().channel().isActive()).isTrue();
                assertThat(datagrams.sync().channel().isActive()).isTrue();
                listener.channel().close().sync();
                datagrams.channel().close().sync();

                Recorder recorder = new Recorder();
                Bootstrap bootstrap = new Bootstrap()
                        .group(group)
                        .channel(ModemSocketChannel.class)
                        .resolver(ModemAddressResolverGroup.INSTANCE)
                        .handler(recorder);
                ChannelFuture connect = bootstrap.connect(TtyModule.at(server.getLocalPort()));
                connect.sync();
                assertThat(recorder.next()).isEqualTo(Recorder.ACTIVE);
                try (Socket peer = server.accept()) {
                    peer.getOutputStream().write('!');
                    assertThat(recorder.next()).isEqualTo("!");
                }
                connect.channel().close().sync();
            } finally {
                Loops.close(group);
                System.clearProperty("uartnio.port");
                System.clearProperty("uartnio.apn");
            }
        }
    }
}
