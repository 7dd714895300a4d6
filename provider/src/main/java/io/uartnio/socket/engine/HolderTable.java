package io.uartnio.socket.engine;

import io.uartnio.ModemException;
import io.uartnio.at.AtChannel;
import io.uartnio.at.CommandLane;
import io.uartnio.module.ModuleDriver;
import io.uartnio.uart.TimerThread;
import io.uartnio.uart.TimerThread.Timeout;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Who shows himself under which of the module's indexes, of one kind of socket, and what the lane does for both kinds
 * alike: to open them and to free their indexes. The table is written under the lock of {@link IndexTable}, which both
 * kinds share, and read without it by any thread: once for each frame that arrives.
 *
 * <p>Threads: any, but for the methods that say so.
 */
abstract class HolderTable<H extends IndexHolder> {

    private static final Logger LOG = System.getLogger(HolderTable.class.getName());

    /** When an index that the module has kept is closed once more, at first. */
    private static final long CLOSE_AGAIN_MILLIS = 500;

    /** The longest pause between two tries to close an index. */
    private static final long MAX_CLOSE_AGAIN_MILLIS = 30_000;

    private final AtomicReferenceArray<H> byIndex = new AtomicReferenceArray<>(IndexTable.MAX_INDEXES);
    private final SocketEngine engine;
    private final IndexTable indexes;

    private volatile AtChannel channel;
    private volatile CommandLane lane;
    private volatile ModuleDriver driver;

    HolderTable(SocketEngine engine, IndexTable indexes) {
        this.engine = engine;
        this.indexes = indexes;
    }

    /** Sets the channel and the lane, before anything is opened. */
    final void attach(AtChannel newChannel, CommandLane newLane) {
        channel = newChannel;
        lane = newLane;
    }

    /** Sets the driver of the module, before the first socket and again when the module was found again. */
    final void setDriver(ModuleDriver newDriver) {
        driver = newDriver;
    }

    final SocketEngine engine() {
        return engine;
    }

    final IndexTable indexes() {
        return indexes;
    }

    final CommandLane lane() {
        return lane;
    }

    final ModuleDriver driver() {
        return driver;
    }

    /** Returns the beginning of an error's details. */
    final ModemException.Details details() {
        return channel.details();
    }

    final String portName() {
        return channel.port().name();
    }

    // ------------------------------------------------------------------ by index

    /** Returns who has an index, null if nobody of this kind has. */
    final H get(int index) {
        return index < byIndex.length() ? byIndex.get(index) : null;
    }

    /** Under the lock of the indexes. */
    final void show(int index, H holder) {
        byIndex.set(index, holder);
    }

    /** Returns false if the index is another's by now. Under the lock of the indexes. */
    final boolean hide(int index, H holder) {
        return index >= 0 && byIndex.compareAndSet(index, holder, null);
    }

    /** Returns true if the module's index is this one's, and no other's by now. */
    final boolean holdsIndex(H holder) {
        int index = holder.index();
        return index >= 0 && byIndex.get(index) == holder;
    }

    /** Returns all that have an index: a copy, for who hears of a loss and opens anew must not be met again. */
    final List<H> holders() {
        List<H> holders = new ArrayList<>();
        for (int index = 0; index < byIndex.length(); index++) {
            H holder = byIndex.get(index);
            if (holder != null) {
                holders.add(holder);
            }
        }
        return holders;
    }

    // ------------------------------------------------------------------ what the kinds differ in: lane thread

    /** Tells the module to open it, if that is still wanted. */
    abstract void open(H holder);

    /**
     * Says whether the module is to close it now; if not, its close step comes again, or has been asked for.
     *
     * @throws IOException if the module was asked and does not answer
     */
    abstract boolean mayClose(H holder) throws IOException;

    // ------------------------------------------------------------------ opening and closing

    /** Opens it as a task of its own. */
    final void openLater(H holder) {
        lane.submit(() -> open(holder));
    }

    /** Asks the module for the local address of one that it has opened, which no result of an open tells. Lane thread. */
    final InetSocketAddress askLocalAddress(H holder) {
        InetSocketAddress local = null;
        try {
            local = driver.localAddress(holder.index(), holder.isTls());
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "local address not told: {0}", e.getMessage());
        }
        return local == null ? SocketEngine.UNKNOWN_ADDRESS : local;
    }

    /** Looks, as a task of its own, whether the index of one that is closed can be freed. */
    final void closeStepLater(H holder) {
        lane.submit(() -> closeStep(holder));
    }

    /** Looks so when some time has passed. */
    final Timeout closeStepLater(H holder, long millis) {
        return TimerThread.schedule(() -> closeStepLater(holder), millis, TimeUnit.MILLISECONDS);
    }

    /** Returns the pause before an index that the module keeps is closed once more. */
    static GrowingPause newClosePause() {
        return new GrowingPause(CLOSE_AGAIN_MILLIS, MAX_CLOSE_AGAIN_MILLIS);
    }

    /** One step of freeing an index: when everything was sent, when the peer has it, or when the time is up. Lane thread. */
    final void closeStep(H holder) {
        int index = holder.index();
        if (index < 0) {
            indexes.stopAwaiting(holder);
            return;
        }
        if (!holdsIndex(holder)) {
            return;
        }
        try {
            if (!mayClose(holder)) {
                return;
            }
            if (driver.close(index, holder.isTls())) {
                indexes.free(holder);
            } else {
                // An index that the module keeps is not given to anybody else: its old peer's bytes may still come.
                closeStepLater(holder, holder.closePause().nextMillis());
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "socket not closed yet: {0}", e.getMessage());
            if (!channel.isClosed()) {
                closeStepLater(holder, CLOSE_AGAIN_MILLIS);
            }
        }
    }
}
