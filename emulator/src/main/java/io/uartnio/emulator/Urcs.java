package io.uartnio.emulator;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Where unsolicited result codes go: to the UART only if {@code urcport} says so, under the multiplexer to one of its
 * channels; held back while {@code urc/cache} is on, late by {@code urcdelay}, and while a socket owns the port in
 * transparent mode later or never. Any thread.
 */
final class Urcs {

    /** A module has no room for more. */
    private static final int LONGEST_HELD = 100;

    /** A text that waits for the end of a port's data mode. */
    private record Held(ModulePort port, String text) {}

    private final EmulatorOptions options;
    private final ModuleSettings settings;
    private final ScheduledExecutorService timer;
    private final Supplier<ModulePort> urcPort;
    private final Predicate<ModulePort> inDataMode;
    private final Runnable wake;
    private final List<String> held = new ArrayList<>();
    private final List<Held> heldByData = new ArrayList<>();

    /**
     * @param urcPort returns the port that shows URCs, or null while none is open
     * @param inDataMode says whether a socket owns a port
     * @param wake has sockets asked again what they have to say
     */
    Urcs(
            EmulatorOptions options,
            ModuleSettings settings,
            ScheduledExecutorService timer,
            Supplier<ModulePort> urcPort,
            Predicate<ModulePort> inDataMode,
            Runnable wake) {
        this.options = options;
        this.settings = settings;
        this.timer = timer;
        this.urcPort = urcPort;
        this.inDataMode = inDataMode;
        this.wake = wake;
    }

    /** Returns the port on which a socket speaks in command mode, or null while it is not open. */
    ModulePort socketPort(Connection connection) {
        boolean own = !options.socketUrcsFollowUrcPort && connection.opener.isOpen();
        return own ? connection.opener : urcPort.get();
    }

    /** Says whether URCs come out of the UART. */
    boolean reachHost() {
        return settings.urcPort().equals("uart1");
    }

    /** Says whether the URCs of sockets, all opened from the UART, come out of the UART. */
    boolean socketUrcsReachHost() {
        return reachHost() || !options.socketUrcsFollowUrcPort;
    }

    /** Sends a URC that concerns no socket. */
    void send(String text) {
        if (reachHost()) {
            hand(text);
        }
    }

    /** Sends a URC of the sockets' side of the module. */
    void sendSocketUrc(String text) {
        if (socketUrcsReachHost()) {
            hand(text);
        }
    }

    private void hand(String text) {
        if (settings.urcCache()) {
            synchronized (held) {
                held.add(text);
            }
        } else if (settings.urcDelaySeconds() > 0) {
            Future<?> unused = timer.schedule(() -> put(text), settings.urcDelaySeconds(), TimeUnit.SECONDS);
        } else {
            put(text);
        }
    }

    private void put(String text) {
        put(urcPort.get(), text);
    }

    /** Sends the result of an open, whatever {@code urcport} says: it comes on the port that asked for it. */
    void sendResult(ModulePort port, String text) {
        put(port, text);
    }

    private void put(ModulePort port, String text) {
        if (port == null) {
            return;
        }
        if (inDataMode.test(port)) {
            holdByData(port, text);
            return;
        }
        byte[] bytes = ("\r\n" + text + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        port.output.putNow(LineFrame.Kind.URC, bytes, null);
    }

    private void holdByData(ModulePort port, String text) {
        synchronized (held) {
            if (!options.urcsLostInDataMode && heldByData.size() < LONGEST_HELD) {
                heldByData.add(new Held(port, text));
            }
        }
    }

    /** A port is for commands again: what was due meanwhile follows. */
    void dataModeEnded(ModulePort port) {
        List<Held> due;
        synchronized (held) {
            due = heldByData.stream().filter(text -> text.port() == port).toList();
            heldByData.removeAll(due);
        }
        due.forEach(text -> put(port, text.text()));
    }

    /** Sends what was held back. */
    void release() {
        List<String> texts;
        synchronized (held) {
            texts = List.copyOf(held);
            held.clear();
        }
        texts.forEach(this::put);
        wake.run();
    }

    /** Forgets what was held back. */
    void clear() {
        synchronized (held) {
            held.clear();
            heldByData.clear();
        }
    }
}
