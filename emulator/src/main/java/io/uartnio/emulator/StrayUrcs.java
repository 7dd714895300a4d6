package io.uartnio.emulator;

import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * URCs that any module of the family may send at any time and that change nothing for a socket: the list of the AT
 * manual without those that tell of a restart, a lost SIM or a lost PDP context. Some share their prefix with the
 * answer to a query, some take two lines. Called by the transmitter's thread.
 */
final class StrayUrcs {

    private static final List<String> TEXTS = List.of(
            "+QIND: \"csq\",24,99",
            "+QIND: \"act\",\"LTE\"",
            "+QIND: SMS DONE",
            "+QIND: PB DONE",
            "+QUSIM: 1",
            "+CPIN: READY",
            "+CREG: 1",
            "+CGREG: 1,\"1A2B\",\"01CDEF12\",7",
            "+CEREG: 1,\"1A2B\",\"01CDEF12\",7",
            "^MODE:17,17",
            "+CTZV: +32",
            "+CMTI: \"SM\",3",
            "+CMT: \"+8613912345678\",,\"26/01/31,10:00:00+32\"\r\nGood morning",
            "+CUSD: 0,\"balance 10.00\",15",
            "+QSIMSTAT : 1,1",
            "+QNETDEVSTATUS: 1",
            "RING",
            "NO CARRIER");

    private final BooleanSupplier allowed;

    StrayUrcs(BooleanSupplier allowed) {
        this.allowed = allowed;
    }

    /** Says whether URCs reach the UART now. */
    boolean isAllowed() {
        return allowed.getAsBoolean();
    }

    String next(Random random) {
        return "\r\n" + TEXTS.get(random.nextInt(TEXTS.size())) + "\r\n";
    }
}
