package io.uartnio.it;

import io.uartnio.uart.ForwardingUartPort;
import io.uartnio.uart.UartPort;

/** A port that cannot hold its far side, as one without flow control, or one that somebody brought. */
final class UnstoppablePort extends ForwardingUartPort {

    UnstoppablePort(UartPort port) {
        super(port);
    }

    @Override
    public boolean setReceiving(boolean receiving) {
        return false;
    }
}
