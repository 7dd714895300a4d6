package io.uartnio.emulator;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;

/**
 * A module that runs: a serial port to open by {@link #portName()}, behind it a played EC200x or EC800x with real
 * connections. Made by {@link #builder()}; ended by {@link #close()}, after which no thread is left and whoever has the
 * port open sees it hang up.
 *
 * <p>Thread-safe; every method may be called at any time, and on a closed emulator does nothing.
 */
public final class ModuleEmulator implements AutoCloseable {

    private final PlayedModule module;
    private final ModuleLife life;

    private final MemoryLine memoryLine;

    private ModuleEmulator(EmulatorOptions options, Line line, MemoryLine memoryLine, EmulatorCounters counters)
            throws IOException {
        this.memoryLine = memoryLine;
        module = new PlayedModule(options, line, counters);
        life = new ModuleLife(module);
        module.start();
        life.start();
    }

    static ModuleEmulator onTerminal(EmulatorOptions options) throws IOException {
        Line line = new TerminalLine(PseudoTerminal.open(options.holdLineOpen));
        return new ModuleEmulator(options, line, null, new EmulatorCounters());
    }

    static ModuleEmulator inMemory(EmulatorOptions options) throws IOException {
        EmulatorCounters counters = new EmulatorCounters();
        MemoryLine line = new MemoryLine("memory", options.startBaudRate(), counters);
        return new ModuleEmulator(options, line.moduleSide(), line, counters);
    }

    /** Returns a new description of a module to play. */
    public static EmulatorBuilder builder() {
        return new EmulatorBuilder();
    }

    /** Returns the path of the serial port, such as {@code /dev/pts/3}, or the name of the line in memory. */
    public String portName() {
        return module.line.name();
    }

    /**
     * Returns the host's end of the line.
     *
     * @throws IllegalStateException if the line is a pseudo-terminal: open that by its {@link #portName}
     */
    public MemoryLine line() {
        if (memoryLine == null) {
            throw new IllegalStateException("the line is a pseudo-terminal: port=" + portName());
        }
        return memoryLine;
    }

    /** Returns what the module has done so far; live. */
    public EmulatorCounters counters() {
        return module.counters;
    }

    /**
     * Restarts the module as a reset or a loss of power would: connections are cut, what was not saved is forgotten,
     * what waits for the line is lost, and {@code RDY} is sent if URCs reach the UART. Also switches it on after
     * {@code AT+QPOWD}.
     */
    public void restart() {
        module.power.restart();
    }

    /** Stops reading the line, so that a host's write gets stuck once the line is full. */
    public void freeze() {
        module.power.freeze(true);
    }

    /** Goes on reading the line. */
    public void unfreeze() {
        module.power.freeze(false);
    }

    /**
     * Lets the network take a PDP context away: its sockets are dead, what they had not delivered is lost, and
     * {@code +QIURC: "pdpdeact"} says so. Does nothing if the context is not active.
     *
     * @param context 1 to 15
     */
    public void pdpDeactivated(int context) {
        if (context < 1 || context > PdpContexts.CONTEXTS) {
            throw new IllegalArgumentException("no such PDP context: context=" + context);
        }
        if (!module.pdp.lose(context)) {
            return;
        }
        module.sockets.locked(() -> {
            for (Connection connection : module.sockets.all()) {
                if (connection.pdpContext == context) {
                    connection.state = SocketState.CLOSING;
                    connection.peerClosed = true;
                    connection.closedAnnounced = true;
                    connection.received.clear();
                    connection.toSend.clear();
                    module.network.abort(connection);
                }
            }
            module.sockets.signal();
        });
        module.urcs.sendSocketUrc("+QIURC: \"pdpdeact\"," + context);
    }

    /**
     * Sends any unsolicited line, framed by CR LF on both sides, if URCs reach the UART.
     *
     * @param text the line without its CR LF
     */
    public void urc(String text) {
        module.urcs.send(Objects.requireNonNull(text, "text"));
    }

    /**
     * Makes the next final results of one text come late, whatever the builder said.
     *
     * @param result such as {@code SEND OK}
     * @param count how many of them
     * @param delay by how much
     * @param stall true if the module does nothing else meanwhile; false if it takes further commands
     */
    public void delayNextReplies(String result, int count, Duration delay, boolean stall) {
        Objects.requireNonNull(result, "result");
        if (count < 0 || delay.isNegative()) {
            throw new IllegalArgumentException("negative delay of replies: count=" + count + ", delay=" + delay);
        }
        module.lateReplies.order(result, count, delay.toMillis(), stall);
    }

    /**
     * Makes the next sends end with {@code SEND FAIL}, nothing taken.
     *
     * @param count how many, at least 0
     */
    public void failNextSends(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("negative count: count=" + count);
        }
        module.sendsToFail.set(count);
    }

    /** Says whether {@code AT+QISWTMD} is refused from now on; see the builder. */
    public void refuseModeSwitches(boolean refuse) {
        module.options.modeSwitchRefused = refuse;
    }

    /**
     * Returns the real port, on the loopback, of a port that the module listens at: the same number where it was free.
     *
     * @param modulePort the port that the host has told the module
     * @throws IllegalStateException if no socket of the module listens there
     */
    public int listeningPort(int modulePort) {
        return module.network
                .services()
                .listeningPort(modulePort)
                .orElseThrow(() -> new IllegalStateException("module does not listen: port=" + modulePort));
    }

    /**
     * Returns the real port, on the loopback, of a port that the module receives datagrams at: the same number where it
     * was free.
     *
     * @param modulePort the module's own port, as the host has chosen it or {@code AT+QISTATE} tells it
     * @throws IllegalStateException if no socket of the module has that port
     */
    public int datagramPort(int modulePort) {
        return module.network
                .services()
                .datagramPort(modulePort)
                .orElseThrow(() -> new IllegalStateException("module has no such UDP port: port=" + modulePort));
    }

    /** Sets how long every {@code incoming} from now on comes late; see the builder. */
    public void incomingDelay(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("negative delay: delay=" + delay);
        }
        module.options.incomingDelayMillis = delay.toMillis();
    }

    /** Sets how long every connection from now on waits before it is tried; see the builder. */
    public void connectDelay(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("negative delay: delay=" + delay);
        }
        module.options.connectDelayMillis = delay.toMillis();
    }

    /**
     * Damages the line from the module to the host from the next frame on.
     *
     * @param filter what it does, or null to end the damage
     */
    public void lineFilter(LineFilter filter) {
        module.options.lineFilter = filter;
    }

    /**
     * Damages the line from the host to the module from the next bytes on.
     *
     * @param filter what it does to each run of bytes, {@link LineFrame.Kind#HOST}; or null to end the damage
     */
    public void hostLineFilter(LineFilter filter) {
        module.options.hostLineFilter = filter;
    }

    /** Ends the module: the port hangs up, connections are cut, and all threads are gone when this returns. */
    @Override
    public void close() {
        module.close();
        life.join();
    }
}
