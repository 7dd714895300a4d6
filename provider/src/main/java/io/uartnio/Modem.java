package io.uartnio;

import io.uartnio.uart.SerialUartPort;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * A wireless module on a serial port, brought up and ready: its sockets are ordinary {@code java.nio} channels.
 *
 * <pre>{@code
 * try (Modem modem = Modem.builder().port("/dev/ttyUSB2").apn("internet").open();
 *         SocketChannel channel = modem.selectorProvider().openSocketChannel()) {
 *     channel.connect(InetSocketAddress.createUnresolved("example.org", 80));
 *     ...
 * }
 * }</pre>
 *
 * <p>When the module restarts, the port is lost or the network takes the data connection away, every socket fails at
 * once with the cause, and the module is looked for and brought up again with growing pauses; connects made meanwhile
 * wait for it, within their own time limit.
 *
 * <p>Safe for any thread.
 */
public interface Modem extends AutoCloseable {

    /** Starts to describe a modem. */
    static Builder builder() {
        return new Builder();
    }

    /**
     * Opens a modem that properties describe: {@code uartnio.port} (required), {@code uartnio.baud},
     * {@code uartnio.flowControl} (a {@link FlowControl}), {@code uartnio.accessMode} (an {@link AccessMode}),
     * {@code uartnio.apn}, {@code uartnio.apnUser}, {@code uartnio.apnPassword}, {@code uartnio.simPin},
     * {@code uartnio.urcPort}, {@code uartnio.mux} (true or false), {@code uartnio.trace} (a file),
     * {@code uartnio.traceWithSecrets} and {@code uartnio.closeAtExit} (true or false). Each means what the builder's
     * method of that name says. The profile of {@link #tlsSelectorProvider()} is that of
     * {@link TlsProfile#of(Properties)}.
     *
     * @throws IllegalArgumentException if one is missing or makes no sense
     * @throws IOException as {@link Builder#open()}
     */
    static Modem open(Properties properties) throws IOException {
        return new Builder().properties(properties).open();
    }

    /** Returns what the module is and can do. */
    ModuleInfo info();

    /** Returns the name of the port. */
    String portName();

    /** Returns a provider whose channels are plain TCP, run by the module. */
    SelectorProvider selectorProvider();

    /**
     * Returns a provider whose channels are TLS, run by the module as the builder's profile says. The line between
     * host and module carries the bytes in clear.
     *
     * @throws IllegalStateException if the builder was given no profile
     */
    SelectorProvider tlsSelectorProvider();

    /** As {@link #tlsSelectorProvider()}, with another profile. */
    SelectorProvider tlsSelectorProvider(TlsProfile profile);

    /**
     * Returns a factory of {@link java.net.Socket}s that are plain TCP, run by the module. Names are left to the module.
     * {@code docs/deviations.md} tells where such a socket differs from the JDK's. For TLS end to end there is
     * {@link io.uartnio.tls.EndToEndSslSocketFactory}.
     */
    SocketFactory socketFactory();

    /**
     * Returns a factory of {@link javax.net.ssl.SSLSocket}s on which the module runs TLS, as the builder's profile says.
     * The line between host and module carries the bytes in clear. {@link io.uartnio.tls.ModuleSslSocketFactory} tells
     * what such a socket can honour, and that the factory's methods that take a connected socket run the JDK's TLS, by
     * {@link javax.net.ssl.SSLContext#getDefault()} and without the profile.
     *
     * @throws IllegalStateException if the builder was given no profile
     */
    SSLSocketFactory sslSocketFactory();

    /** As {@link #sslSocketFactory()}, with another profile. */
    SSLSocketFactory sslSocketFactory(TlsProfile profile);

    /**
     * Returns a context for code that insists on running an {@link javax.net.ssl.SSLEngine}: its engines do no TLS but
     * stand for the module's, over channels of {@link #tlsSelectorProvider()} alone. Over any other channel their
     * handshake fails, with an {@link javax.net.ssl.SSLHandshakeException}, before a byte of the application has left.
     * So does it if the parameters ask for what the module cannot do or does not tell: endpoint identification without
     * {@link TlsProfile.Builder#allowUncheckedHostName()}, protocols or cipher suites that the profile does not have, a
     * host that is not the channel's. No application protocol (ALPN) is ever agreed on. Such an engine has to write
     * first: its hello is the first that is written to the channel, and what was read before it came past the engine.
     *
     * <p>For TLS end to end take a context of the JDK and a plain channel; {@code docs/tls.md} compares them. The
     * context is ready for use, the same as {@link io.uartnio.tls.UartNioProvider} gives, and has no server side.
     *
     * @throws IllegalStateException if the builder was given no profile
     */
    SSLContext sslContext();

    /** As {@link #sslContext()}, for channels of {@link #tlsSelectorProvider(TlsProfile)} with an equal profile. */
    SSLContext sslContext(TlsProfile profile);

    /**
     * Returns what the module's sockets are doing, ordered by index: those that have an index, which a closed one keeps
     * until what was written has left. The list and its elements never change.
     */
    List<SocketInfo> sockets();

    /**
     * Removes the files that this project has stored on the module, certificates and private keys of {@link TlsProfile
     * profiles}, and that no open socket needs; whoever stored them. A later connect stores what it needs again. Files of
     * others are left alone.
     *
     * <p>Waits for the module, for its connect time-out at most.
     *
     * @return the names of those that were removed
     * @throws ModemException if the module refuses, or the modem is closed
     * @throws IOException if it does not answer in time, or the thread is interrupted
     */
    List<String> removeUnusedFiles() throws IOException;

    /** Returns true until {@link #close()}. */
    boolean isOpen();

    /**
     * Closes the modem: open sockets fail, closed ones may still send what was written to them within the linger
     * time, then the module's sockets, the port and the modem's threads are gone. Operations in flight end with an
     * {@link IOException}. Does nothing on a closed modem.
     */
    @Override
    void close();

    /** Collects how a modem is to be opened. Not safe for use by several threads. */
    final class Builder {

        private static final long FROM_RATE = -1;
        private static final int HIGHEST_RATE = 921_600;
        /** Frames that are held back while older data is read need some too, however slow the line. */
        private static final long LEAST_RESERVE_BYTES = 256 * 1024;

        private UartPort port;
        private int baudRate;
        private FlowControl flowControl = FlowControl.RTS_CTS;
        private AccessMode accessMode;
        private String apn;
        private String apnUser;
        private String apnPassword;
        private String simPin;
        private String urcPort = "uart1";
        private boolean mux;
        private TlsProfile tls;
        private Path wireTrace;
        private boolean wireTraceWithSecrets;
        private boolean closeAtExit;
        private int receiveBufferBytes = 64 * 1024;
        private int sendBufferBytes = 32 * 1024;
        private long reserveBytes = FROM_RATE;
        private Duration findTimeout = Duration.ofSeconds(20);
        private Duration simTimeout = Duration.ofSeconds(20);
        private Duration registrationTimeout = Duration.ofMinutes(2);
        private Duration connectTimeout = Duration.ofSeconds(75);
        private Duration commandTimeout = Duration.ofSeconds(10);
        private Duration writeTimeout = Duration.ofSeconds(10);
        private Duration lingerTimeout = Duration.ofSeconds(10);
        private Consumer<String> progress = step -> {};

        private Builder() {}

        private Builder properties(Properties properties) {
            String name = properties.getProperty("uartnio.port");
            if (name == null) {
                throw new IllegalArgumentException("property is missing: uartnio.port");
            }
            port(name);
            String rate = properties.getProperty("uartnio.baud");
            if (rate != null) {
                try {
                    baudRate(Integer.parseInt(rate.strip()));
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException("property is not a number: uartnio.baud=" + rate, e);
                }
            }
            String flow = properties.getProperty("uartnio.flowControl");
            if (flow != null) {
                flowControl(FlowControl.valueOf(flow.strip()));
            }
            String access = properties.getProperty("uartnio.accessMode");
            if (access != null) {
                accessMode(AccessMode.valueOf(access.strip()));
            }
            apn = properties.getProperty("uartnio.apn");
            apnUser = properties.getProperty("uartnio.apnUser");
            apnPassword = properties.getProperty("uartnio.apnPassword");
            simPin = properties.getProperty("uartnio.simPin");
            urcPort = properties.getProperty("uartnio.urcPort", urcPort);
            String multiplexed = properties.getProperty("uartnio.mux");
            if (multiplexed != null) {
                mux(trueOrFalse("uartnio.mux", multiplexed.strip()));
            }
            String trace = properties.getProperty("uartnio.trace");
            wireTrace = trace == null ? null : Path.of(trace);
            wireTraceWithSecrets = trueOrFalse(
                    "uartnio.traceWithSecrets",
                    properties.getProperty("uartnio.traceWithSecrets", "false").strip());
            tls = TlsProfile.of(properties);
            closeAtExit = Boolean.parseBoolean(properties.getProperty("uartnio.closeAtExit"));
            return this;
        }

        /**
         * Sets the serial port by the system's name of it, such as {@code /dev/ttyUSB2}. Required, unless a
         * {@link #port(UartPort)} is given.
         */
        public Builder port(String systemPortName) {
            return port(new SerialUartPort(systemPortName));
        }

        /** Sets any byte pipe with control lines; the modem opens and closes it. */
        public Builder port(UartPort uartPort) {
            this.port = Objects.requireNonNull(uartPort, "uartPort");
            return this;
        }

        /**
         * Sets the session's rate in bits a second. The module is found at whatever rate it has and then raised by
         * AT+IPR; nothing is saved in it. Without this the rate stays as it is found.
         */
        public Builder baudRate(int bitsPerSecond) {
            if (bitsPerSecond < 1) {
                throw new IllegalArgumentException("baudRate must be positive: baudRate=" + bitsPerSecond);
            }
            this.baudRate = bitsPerSecond;
            return this;
        }

        /** Sets the flow control of the UART; {@link FlowControl#RTS_CTS} by default. */
        public Builder flowControl(FlowControl control) {
            this.flowControl = Objects.requireNonNull(control, "control");
            return this;
        }

        /**
         * Sets how received data crosses the UART, for every socket that does not
         * {@linkplain ModemSocketOptions#ACCESS_MODE say otherwise}. By default {@link AccessMode#ADAPTIVE} with
         * {@link FlowControl#RTS_CTS} and {@link AccessMode#BUFFER} with {@link FlowControl#NONE}, where pushed data
         * would be lost on the line.
         */
        public Builder accessMode(AccessMode mode) {
            this.accessMode = Objects.requireNonNull(mode, "mode");
            return this;
        }

        /** Sets the access point name; without it the module's own context is used as it is set. */
        public Builder apn(String name) {
            this.apn = Objects.requireNonNull(name, "name");
            return this;
        }

        /** Sets the access point name and the credentials that it asks for. */
        public Builder apn(String name, String user, String password) {
            apn(name);
            this.apnUser = Objects.requireNonNull(user, "user");
            this.apnPassword = Objects.requireNonNull(password, "password");
            return this;
        }

        /** Sets the SIM's PIN, 4 to 8 digits. It is sent once: three wrong ones block a SIM. */
        public Builder simPin(String pin) {
            if (!pin.matches("\\d{4,8}")) {
                throw new IllegalArgumentException("simPin must be 4 to 8 digits");
            }
            this.simPin = pin;
            return this;
        }

        /**
         * Sets which of the module's ports we are on, in the module's own words: {@code uart1} (the default),
         * {@code usbat} or {@code usbmodem}. Its URCs are sent there, and nothing works without them.
         */
        public Builder urcPort(String modulePortName) {
            if (!modulePortName.matches("[a-z0-9]{1,16}")) {
                throw new IllegalArgumentException("urcPort is no port of a module: urcPort=" + modulePortName);
            }
            this.urcPort = modulePortName;
            return this;
        }

        /**
         * Runs a multiplexer (3GPP TS 27.010, AT+CMUX) on the line, so that transparent streams go at the same time as
         * commands and all other sockets: those share the first channel, and each transparent stream has one of the
         * three others to itself. It costs 6 bytes for every 127, and a module that is left without a goodbye is found
         * multiplexed by the next host, which ends that first. Off by default.
         */
        public Builder mux(boolean multiplexed) {
            this.mux = multiplexed;
            return this;
        }

        private static boolean trueOrFalse(String name, String value) {
            if (!value.equals("true") && !value.equals("false")) {
                throw new IllegalArgumentException("property is neither true nor false: " + name + "=" + value);
            }
            return value.equals("true");
        }

        /** Sets the profile of {@link Modem#tlsSelectorProvider()} and {@link Modem#sslSocketFactory()}. */
        public Builder tls(TlsProfile profile) {
            this.tls = Objects.requireNonNull(profile, "profile");
            return this;
        }

        /**
         * Writes what crosses the port, payload included, to a file with time stamps. PINs, passwords and private keys
         * are left out, with the answers to the commands that hold them.
         */
        public Builder wireTrace(Path file) {
            this.wireTrace = Objects.requireNonNull(file, "file");
            this.wireTraceWithSecrets = false;
            return this;
        }

        /** As {@link #wireTrace}, with the secrets: whoever reads the file can use the SIM and be the client. */
        public Builder wireTraceWithSecrets(Path file) {
            wireTrace(file);
            this.wireTraceWithSecrets = true;
            return this;
        }

        /** Sets how many received bytes a socket holds for its reader, a power of two from 2 KiB; 64 KiB by default. */
        public Builder receiveBufferBytes(int bytes) {
            this.receiveBufferBytes = bufferSize("receiveBufferBytes", bytes);
            return this;
        }

        /** Sets how many bytes to send a socket holds, a power of two from 2 KiB; 32 KiB by default. */
        public Builder sendBufferBytes(int bytes) {
            this.sendBufferBytes = bufferSize("sendBufferBytes", bytes);
            return this;
        }

        private static int bufferSize(String name, int bytes) {
            if (bytes < 2048 || Integer.bitCount(bytes) != 1) {
                throw new IllegalArgumentException(name + " must be a power of two from 2048: " + name + "=" + bytes);
            }
            return bytes;
        }

        /**
         * Sets how many bytes all sockets together may hold beyond their receive buffers. A socket that needs more fails,
         * alone.
         *
         * <p>A socket in {@link AccessMode#ADAPTIVE} needs it for what is pushed between the moment when its receive
         * buffer is full and that when the module has obeyed the command to push no more. That command goes before all
         * others, so it waits for one command at most, the one in hand: normally some milliseconds, and as long as the
         * {@linkplain #commandTimeout command time-out} if the module is late. The line carries a tenth of its rate in
         * bytes a second, so what can come meanwhile is
         *
         * <pre>    baudRate / 10 * commandTimeout in seconds
         * </pre>
         *
         * which is the default, but at least 256 KiB: 921600 bytes at 921600 baud and 10 s. Without {@link #baudRate} it is reckoned for
         * 921600 baud. It is also what {@link AccessMode#DIRECT_PUSH} lives on while its reader is slow. Memory is used
         * when it is needed.
         */
        public Builder reserveBytes(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("reserveBytes must not be negative: reserveBytes=" + bytes);
            }
            this.reserveBytes = bytes;
            return this;
        }

        /** Sets how long to look for a module on the port; 20 s by default. */
        public Builder findTimeout(Duration limit) {
            this.findTimeout = positive("findTimeout", limit);
            return this;
        }

        /** Sets how long the SIM may take to be ready; 20 s by default. */
        public Builder simTimeout(Duration limit) {
            this.simTimeout = positive("simTimeout", limit);
            return this;
        }

        /** Sets how long to wait for the network; 2 min by default. */
        public Builder registrationTimeout(Duration limit) {
            this.registrationTimeout = positive("registrationTimeout", limit);
            return this;
        }

        /** Sets how long a connect may take if its caller sets no limit; 75 s by default. */
        public Builder connectTimeout(Duration limit) {
            this.connectTimeout = positive("connectTimeout", limit);
            return this;
        }

        /** Sets how long the module may take to answer a command that has no limit of its own; 10 s by default. */
        public Builder commandTimeout(Duration limit) {
            this.commandTimeout = positive("commandTimeout", limit);
            return this;
        }

        /**
         * Sets how long a write to the port may be stuck, beyond what its bytes take at the line's rate, before the
         * port is given up; 10 s by default.
         */
        public Builder writeTimeout(Duration limit) {
            this.writeTimeout = positive("writeTimeout", limit);
            return this;
        }

        /** Sets how long a closed socket may take to send what was written to it; 10 s by default. */
        public Builder lingerTimeout(Duration limit) {
            this.lingerTimeout = positive("lingerTimeout", limit);
            return this;
        }

        /** What the line carries while the lane is held for as long as it can be. */
        private long defaultReserveBytes() {
            int rate = baudRate == 0 ? HIGHEST_RATE : baudRate;
            // Ten bits cross the line for a byte.
            return Math.max(LEAST_RESERVE_BYTES, rate * commandTimeout.toMillis() / 10_000);
        }

        private static Duration positive(String name, Duration limit) {
            if (limit.isNegative() || limit.isZero()) {
                throw new IllegalArgumentException(name + " must be positive: " + name + "=" + limit);
            }
            return limit;
        }

        /**
         * Has the modem closed when the JVM ends, so that what was written to closed sockets last still leaves, as it
         * does from a kernel; the end of the JVM waits for that. Without it a modem that nobody closes is cut off.
         */
        public Builder closeAtExit() {
            this.closeAtExit = true;
            return this;
        }

        /** Sets who is told, in words, what the modem does while it is brought up; called by a thread of the modem. */
        public Builder progress(Consumer<String> listener) {
            this.progress = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Opens the port, finds and identifies the module and brings it up.
         *
         * @throws IllegalStateException if no port was set
         * @throws IllegalArgumentException if a value cannot be put into a command
         * @throws ModemException if the module does not answer or refuses what cannot be done without
         * @throws IOException if the port cannot be opened, or the thread is interrupted
         */
        public Modem open() throws IOException {
            if (port == null) {
                throw new IllegalStateException("no port was set");
            }
            ModemOpener opener = ServiceLoader.load(ModemOpener.class, Modem.class.getClassLoader())
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("the provider jar is incomplete: no ModemOpener"));
            Modem modem = opener.open(new ModemConfiguration(
                    port,
                    baudRate,
                    flowControl,
                    accessMode,
                    apn,
                    apnUser,
                    apnPassword,
                    simPin,
                    urcPort,
                    mux,
                    tls,
                    wireTrace,
                    wireTraceWithSecrets,
                    receiveBufferBytes,
                    sendBufferBytes,
                    reserveBytes == FROM_RATE ? defaultReserveBytes() : reserveBytes,
                    findTimeout,
                    simTimeout,
                    registrationTimeout,
                    connectTimeout,
                    commandTimeout,
                    writeTimeout,
                    lingerTimeout,
                    progress));
            if (closeAtExit) {
                closeAtExit(modem);
            }
            return modem;
        }

        private void closeAtExit(Modem modem) {
            if (port instanceof SerialUartPort) {
                SerialUartPort.runBeforeExit(modem::close);
            } else {
                Runtime.getRuntime().addShutdownHook(new Thread(modem::close, "uartnio-exit"));
            }
        }
    }
}
