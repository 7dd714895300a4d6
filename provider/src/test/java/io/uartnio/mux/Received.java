package io.uartnio.mux;

import io.uartnio.uart.UartPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A listener that keeps what it was told. */
final class Received implements UartPort.Listener {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<IOException> losses = new ArrayList<>();
    private int closes;
    private IOException cause;

    @Override
    public synchronized void onReceived(byte[] buffer, int offset, int length) {
        bytes.write(buffer, offset, length);
    }

    @Override
    public synchronized void onBytesLost(IOException why) {
        losses.add(why);
    }

    @Override
    public synchronized void onClosed(IOException why) {
        closes++;
        cause = why;
    }

    synchronized byte[] bytes() {
        return bytes.toByteArray();
    }

    synchronized String text() {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    synchronized int losses() {
        return losses.size();
    }

    synchronized int closes() {
        return closes;
    }

    synchronized IOException cause() {
        return cause;
    }
}
