package io.uartnio.emulator;

import java.util.Optional;

/** The SIM card: ready, busy, locked or not there. Keeps its retries over restarts. Any thread. */
final class SimCard {

    private final EmulatorOptions options;
    private final Runnable ready;
    private SimState state;
    private int retries;
    private long busyUntilNanos;

    /** @param ready runs when the card becomes usable, in the thread that made it so */
    SimCard(EmulatorOptions options, Runnable ready) {
        this.options = options;
        this.ready = ready;
        this.state = options.sim;
        this.retries = options.pinRetries;
    }

    synchronized void boot() {
        busyUntilNanos = System.nanoTime() + options.simBusyMillis * 1_000_000;
        // A card with a PIN asks for it again after every loss of power.
        if (options.sim == SimState.PIN_REQUIRED && state == SimState.READY) {
            state = SimState.PIN_REQUIRED;
        }
        if (state == SimState.READY) {
            ready.run();
        }
    }

    synchronized boolean isReady() {
        return state == SimState.READY;
    }

    /** Returns what {@code AT+CPIN?} answers, or an error. */
    synchronized Result query(Exchange exchange) {
        if (state == SimState.NOT_INSERTED) {
            return Result.cme(ErrorCodes.CME_SIM_NOT_INSERTED);
        }
        if (busyUntilNanos - System.nanoTime() > 0) {
            return Result.cme(ErrorCodes.CME_SIM_BUSY);
        }
        exchange.info("+CPIN: "
                + switch (state) {
                    case PIN_REQUIRED -> "SIM PIN";
                    case PUK_REQUIRED -> "SIM PUK";
                    default -> "READY";
                });
        return Result.OK;
    }

    /** Tries a PIN. */
    synchronized Result enter(String pin) {
        Optional<Integer> refusal = switch (state) {
            case NOT_INSERTED -> Optional.of(ErrorCodes.CME_SIM_NOT_INSERTED);
            case PUK_REQUIRED -> Optional.of(ErrorCodes.CME_SIM_PUK_REQUIRED);
            case READY -> Optional.of(ErrorCodes.CME_NOT_ALLOWED);
            case PIN_REQUIRED -> Optional.empty();
        };
        if (refusal.isPresent()) {
            return Result.cme(refusal.get());
        }
        if (pin.equals(options.pin)) {
            state = SimState.READY;
            retries = options.pinRetries;
            return Result.OK.then(ready);
        }
        retries--;
        if (retries == 0) {
            state = SimState.PUK_REQUIRED;
            return Result.cme(ErrorCodes.CME_SIM_PUK_REQUIRED);
        }
        return Result.cme(ErrorCodes.CME_INCORRECT_PASSWORD);
    }
}
