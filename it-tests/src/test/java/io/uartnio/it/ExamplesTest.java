package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler.CompilationTask;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of the documentation compile against the library as it is. */
class ExamplesTest {

    /** What the examples take for granted. */
    enum Around {
        JDK("""
                import io.uartnio.*;
                import io.uartnio.tls.*;
                import java.io.*;
                import java.net.*;
                import java.nio.*;
                import java.nio.channels.*;
                import java.nio.charset.*;
                import java.nio.file.*;
                import javax.net.*;
                import javax.net.ssl.*;
                class Example {
                    static Modem modem;
                    static SocketChannel channel;
                    static byte[] request;
                    static void run() throws Exception {
                        EXAMPLE
                    }
                }
                """),
        NETTY("""
                import io.grpc.*;
                import io.grpc.netty.*;
                import io.netty.bootstrap.*;
                import io.netty.channel.Channel;
                import io.netty.channel.ChannelHandler;
                import io.netty.channel.ChannelInitializer;
                import io.netty.channel.EventLoopGroup;
                import io.netty.handler.codec.mqtt.*;
                import io.netty.handler.ssl.SslContext;
                import io.netty.handler.ssl.SslContextBuilder;
                import io.netty.handler.ssl.SslProvider;
                import io.uartnio.*;
                import io.uartnio.it.ModemTransport;
                import io.uartnio.netty.*;
                import io.vertx.core.Vertx;
                import io.vertx.core.VertxOptions;
                import io.vertx.core.buffer.Buffer;
                import io.vertx.core.dns.AddressResolverOptions;
                import io.vertx.ext.web.client.WebClient;
                import java.net.InetSocketAddress;
                import java.nio.file.*;
                import javax.net.ssl.*;
                class Example {
                    static Modem modem;
                    static EventLoopGroup group;
                    static ChannelHandler handler;
                    static void run() throws Exception {
                        EXAMPLE
                    }
                }
                """),
        EMULATOR("""
                import io.uartnio.emulator.*;
                import java.net.*;
                class Example {
                    static ModuleEmulator emulator;
                    static InetSocketAddress server;
                    static MemoryLine.Listener listener;
                    static byte[] bytes;
                    static void open(String portName) {}
                    static void run() throws Exception {
                        EXAMPLE
                    }
                }
                """);

        private final String source;

        Around(String source) {
            this.source = source;
        }
    }

    private static final Pattern EXAMPLE = Pattern.compile("^```java\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "README.md, '### TCP', JDK",
        "README.md, '### Code that knows sockets only', JDK",
        "README.md, '### Server sockets and datagrams', JDK",
        "README.md, '### Netty', NETTY",
        "README.md, '### TLS, the recommended way: the JDK''s own, end to end', JDK",
        "README.md, '### TLS by the module', JDK",
        "docs/tls.md, '## Profiles', JDK",
        "docs/tls.md, '## Sockets', JDK",
        "docs/tls.md, '## Behind an SSLEngine', JDK",
        "docs/netty.md, '# Netty', NETTY",
        "docs/netty.md, '## Datagrams', NETTY",
        "docs/netty.md, '## Clients', NETTY",
        "docs/emulator.md, '# The emulator', EMULATOR",
        "docs/emulator.md, '## The line in memory', EMULATOR"
    })
    void theExamplesOfASectionCompile(String page, String heading, Around around) throws IOException {
        List<String> examples = examples(page, heading);
        assertThat(examples).isNotEmpty();
        for (String example : examples) {
            assertCompiles(example, around);
        }
    }

    private static List<String> examples(String page, String heading) throws IOException {
        String text = "\n" + Files.readString(Path.of("..").resolve(page));
        int start = text.indexOf("\n" + heading + "\n");
        assertThat(start).as("%s in %s", heading, page).isNotNegative();
        // A page's title has what stands before its first section.
        int level = Math.max(2, heading.indexOf(' '));
        Matcher next =
                Pattern.compile("^#{2," + level + "} ", Pattern.MULTILINE).matcher(text);
        int end = next.find(start + 1 + heading.length()) ? next.start() : text.length();
        List<String> examples = new ArrayList<>();
        Matcher example = EXAMPLE.matcher(text.substring(start, end));
        while (example.find()) {
            examples.add(example.group(1));
        }
        return examples;
    }

    private void assertCompiles(String example, Around around) {
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///Example.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return around.source.replace("EXAMPLE", example);
                    }
                };
        StringWriter complaints = new StringWriter();
        List<String> options =
                List.of("-d", directory.toString(), "-classpath", System.getProperty("java.class.path"), "-proc:none");
        CompilationTask task =
                ToolProvider.getSystemJavaCompiler().getTask(complaints, null, null, options, null, List.of(source));
        assertThat(task.call()).as("%s%n%s", complaints, example).isTrue();
    }
}
