package io.uartnio.emulator;

import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One place where a host talks to the module: the UART, or under the multiplexer each of its channels. A port has its own
 * input, output, command interpreter and settings of {@code ATE}, {@code ATV}, {@code AT&D} and the like, and at most one
 * socket that owns it in transparent mode. A channel that is opened again is a new port.
 */
final class ModulePort {

    /** As {@code AT+QISTATE} and {@code AT+QSSLSTATE} name it. */
    final String name;

    final PortInput input;
    final PortOutput output;
    final CarrierDetect carrier;

    /** The socket that owns the port, or null. Guarded by the lock of the sockets. */
    Connection transparent;

    /** When the last byte of that socket had left, 0 while it may have more. For the transmitter's thread. */
    long silentSinceNanos;

    /** Since when {@code urcdelay} holds frames back, 0 if it does not. For the transmitter's thread. */
    long heldSinceNanos;

    private final Power power;
    private volatile ModuleSettings.Profile profile = new ModuleSettings.Profile();
    private volatile boolean closed;
    private volatile boolean abandoned;

    ModulePort(
            String name,
            PortInput input,
            Function<ModulePort, PortOutput> output,
            Consumer<Boolean> carrierWire,
            Power power) {
        this.name = name;
        this.input = input;
        this.output = output.apply(this);
        this.carrier = new CarrierDetect(carrierWire);
        this.power = power;
    }

    ModuleSettings.Profile profile() {
        return profile;
    }

    void setProfile(ModuleSettings.Profile changed) {
        profile = changed;
    }

    /** The host has closed the channel: what it was to be told is forgotten, what it has sent still counts. */
    void close() {
        closed = true;
        output.close();
    }

    /** The multiplexer has ended: so do the commands of the channel, wherever they wait. */
    void abandon() {
        close();
        abandoned = true;
    }

    boolean isOpen() {
        return !closed;
    }

    /** For the port's command thread wherever it waits: ends what it does when the multiplexer or the module's life is over. */
    void check() {
        if (abandoned) {
            throw new Power.LifeOverException();
        }
        power.check(input.life());
    }
}
