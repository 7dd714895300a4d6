package io.uartnio.emulator;

import java.util.function.Consumer;

/**
 * DCD of one port. With {@code AT&C1} it is on while the port carries the data of a socket, from before
 * {@code CONNECT} until the connection ends or data mode is left; with {@code AT&C0} it is always on. Any thread.
 */
final class CarrierDetect {

    private final Consumer<Boolean> wire;
    private boolean always;
    private boolean data;

    CarrierDetect(Consumer<Boolean> wire) {
        this.wire = wire;
    }

    /** Obeys {@code AT&C}. */
    synchronized void follow(int carrierDetect) {
        always = carrierDetect == 0;
        wire.accept(always || data);
    }

    /** The port begins or ceases to carry data. */
    synchronized void carry(boolean carries) {
        data = carries;
        wire.accept(always || data);
    }
}
