package io.uartnio.uart;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a port delivers. */
final class RecordingListener implements UartPort.Listener {

    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final List<IOException> closes = new ArrayList<>();

    @Override
    public synchronized void onReceived(byte[] buffer, int offset, int length) {
        received.write(buffer, offset, length);
    }

    @Override
    public synchronized void onClosed(IOException cause) {
        closes.add(cause);
    }

    synchronized byte[] received() {
        return received.toByteArray();
    }

    synchronized List<IOException> closes() {
        return new ArrayList<>(closes);
    }
}
