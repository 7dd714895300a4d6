package io.uartnio.it;

import io.uartnio.uart.ForwardingUartPort;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** A line that loses, changes or adds a byte now and then, in one direction or both, once it is told to. */
final class DamagingPort extends ForwardingUartPort {

    private final int meanBytes;
    private volatile boolean damagesToHost;
    private volatile boolean damagesToModule;
    private final AtomicLong damages = new AtomicLong();
    private final Damager toHost;
    private final Damager toModule;

    /** @param meanBytes between two damages; half as much at least, one and a half times as much at most */
    DamagingPort(UartPort port, long seed, int meanBytes) {
        super(port);
        this.meanBytes = meanBytes;
        this.toHost = new Damager(new Random(seed));
        this.toModule = new Damager(new Random(~seed));
    }

    void damage(boolean host, boolean module) {
        damagesToHost = host;
        damagesToModule = module;
    }

    long damages() {
        return damages.get();
    }

    /** One direction; used by one thread. */
    private final class Damager {
        private final Random random;
        private int left;
        private byte[] out = new byte[0];

        Damager(Random random) {
            this.random = random;
            this.left = next();
        }

        private int next() {
            return meanBytes / 2 + random.nextInt(meanBytes);
        }

        /** Returns how many bytes stand in {@link #out}. */
        int apply(byte[] buffer, int offset, int length) {
            if (out.length < 2 * length + 1) {
                out = new byte[2 * length + 1];
            }
            int at = 0;
            for (int i = offset; i < offset + length; i++) {
                if (--left > 0) {
                    out[at++] = buffer[i];
                    continue;
                }
                left = next();
                damages.incrementAndGet();
                switch (random.nextInt(3)) {
                    case 0 -> {
                        // lost
                    }
                    case 1 -> out[at++] = (byte) (buffer[i] ^ (1 + random.nextInt(255)));
                    default -> {
                        out[at++] = (byte) random.nextInt(256);
                        out[at++] = buffer[i];
                    }
                }
            }
            return at;
        }
    }

    @Override
    public void open(LineSettings settings, Listener listener) throws IOException {
        super.open(settings, new ForwardingListener(listener) {
            @Override
            public void onReceived(byte[] buffer, int offset, int length) {
                if (!damagesToHost) {
                    super.onReceived(buffer, offset, length);
                    return;
                }
                int damaged = toHost.apply(buffer, offset, length);
                if (damaged > 0) {
                    super.onReceived(toHost.out, 0, damaged);
                }
            }
        });
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        if (damagesToModule) {
            int damaged = toModule.apply(buffer, offset, length);
            super.write(toModule.out, 0, damaged);
        } else {
            super.write(buffer, offset, length);
        }
    }
}
