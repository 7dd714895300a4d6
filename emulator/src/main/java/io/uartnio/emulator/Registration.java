package io.uartnio.emulator;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Registration with the network, once for {@code CREG}, {@code CGREG} and {@code CEREG}. Searches from the moment that
 * the SIM is ready. The command thread asks; the timer thread announces.
 */
final class Registration {

    private static final String LOCATION = ",\"1A2B\",\"01CDEF12\",7";

    private final EmulatorOptions options;
    private final Power power;
    private final ScheduledExecutorService timer;
    private final Runnable registered;
    private final Map<String, Integer> reports = new LinkedHashMap<>();
    private Urcs urcs;
    private boolean searching;
    private long doneAtNanos;

    /** @param registered runs when the module is registered, in the timer thread or at once */
    Registration(EmulatorOptions options, Power power, ScheduledExecutorService timer, Runnable registered) {
        this.options = options;
        this.power = power;
        this.timer = timer;
        this.registered = registered;
    }

    void connect(Urcs sink) {
        urcs = sink;
    }

    synchronized void boot() {
        searching = false;
        reports.put("+CREG", 0);
        reports.put("+CGREG", 0);
        reports.put("+CEREG", 0);
    }

    /** The SIM is ready: begin to search. */
    void search() {
        synchronized (this) {
            searching = true;
            doneAtNanos = System.nanoTime() + options.registrationDelayMillis * 1_000_000;
        }
        long life = power.life();
        if (options.registrationDelayMillis == 0) {
            announce(life);
        } else {
            Future<?> unused =
                    timer.schedule(() -> announce(life), options.registrationDelayMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void announce(long life) {
        if (power.life() != life) {
            return;
        }
        if (!options.registrationDenied) {
            registered.run();
        }
        Map<String, Integer> toReport;
        synchronized (this) {
            toReport = new LinkedHashMap<>(reports);
        }
        toReport.forEach((name, report) -> {
            if (report > 0) {
                urcs.send(name + ": " + state() + (report == 2 && isRegistered() ? LOCATION : ""));
            }
        });
    }

    /** Returns 0 not searching, 1 registered at home, 2 searching, 3 denied. */
    synchronized int state() {
        if (!searching) {
            return 0;
        }
        if (doneAtNanos - System.nanoTime() > 0) {
            return 2;
        }
        return options.registrationDenied ? 3 : 1;
    }

    boolean isRegistered() {
        return state() == 1;
    }

    synchronized String answer(String name) {
        int report = reports.get(name);
        return name + ": " + report + "," + state() + (report == 2 && state() == 1 ? LOCATION : "");
    }

    synchronized void setReport(String name, int report) {
        reports.put(name, report);
    }
}
