package io.uartnio.emulator;

import io.uartnio.emulator.LineFrame.Kind;
import java.io.IOException;

/** The line without a multiplexer: the frames of the UART's own port, as they are. The transmitter's thread. */
final class UartFeed implements Transmitter.Feed {

    private final Transmitter transmitter;
    private final PortOutput output;
    private final OutputBatch batch = new OutputBatch();

    UartFeed(Transmitter transmitter, PortOutput output) {
        this.transmitter = transmitter;
        this.output = output;
    }

    @Override
    public boolean sendNext() throws IOException {
        if (!output.next(batch, transmitter.isCareful())) {
            return false;
        }
        byte[] stray = output.strayBefore(batch.kind);
        if (stray != null) {
            transmitter.send(Kind.URC, -1, 0, stray, stray.length, null);
        }
        transmitter.send(batch.kind, batch.socket, batch.headerBytes, batch.bytes, batch.length, batch.beforeLastRun);
        output.sent(batch);
        return true;
    }
}
