package io.uartnio.nio;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;

/**
 * Selects among channels of the module and channels of the JDK. Its only wait is a select of a JDK selector inside,
 * which brings interruption, sticky wakeups and the manners of virtual threads with it. A module channel that changes
 * puts its keys into a queue and wakes that selector if it waits; a select looks at the keys from the queue and at
 * those that were ready the last time, so that it costs what is ready and not what is registered.
 *
 * <p>Any thread may register, change interest, cancel, wake and close; none of these waits for a running select. The
 * selecting thread holds the selector's monitor and then that of the selected-key set, because {@link Selector} says
 * so and its users lock the same two.
 */
final class UartSelector extends AbstractSelector {

    private static final long FOREVER = -1;
    private static final int QUEUE_CHUNK_KEYS = 64;

    private final Selector inner;

    private final Set<SelectionKey> keys = ConcurrentHashMap.newKeySet();
    private final Set<SelectionKey> selectedKeys = new HashSet<>();
    private final Set<SelectionKey> publicKeys = Collections.unmodifiableSet(keys);
    private final Set<SelectionKey> publicSelectedKeys = new SelectedKeySet(selectedKeys);

    /** Keys that any thread has found changed; each is in it at most once. Taken out by the selecting thread. */
    private final MpscUnboundedVarHandleArrayQueue<ModuleSelectionKey> changed =
            new MpscUnboundedVarHandleArrayQueue<>(QUEUE_CHUNK_KEYS);

    /** True while a change must wake the inner selector; whoever turns it to false has to do it, once for all. */
    private final AtomicBoolean waiting = new AtomicBoolean();

    /** The caller's {@link #wakeup}, kept apart from wakings of the inner selector that only mean "look again". */
    private final AtomicBoolean wakeupPending = new AtomicBoolean();

    /** Never waited on, only flushed: every hosted channel is registered with it, see {@link HostedSelectionKey}. */
    private final Selector releaser;

    // What follows belongs to the selecting thread, under the selector's monitor.

    /** Keys to look at in every select: those ready the last time, and those changed since. */
    private final List<ModuleSelectionKey> candidates = new ArrayList<>();

    /** Keys of JDK channels that the inner selector has just found ready. */
    private final List<HostedSelectionKey> hostedReady = new ArrayList<>();

    private final Consumer<SelectionKey> hostedCollector = this::collectHosted;
    private final List<SelectionKey> flushing = new ArrayList<>();
    private boolean inSelect;

    /** True once the running selection has met a ready key, whether or not that key counts. */
    private boolean readyKeyMet;

    /** Opens the selector and, from the JDK's provider, those inside it. */
    UartSelector(SelectorProvider provider, SelectorProvider jdkProvider) throws IOException {
        super(provider);
        this.inner = jdkProvider.openSelector();
        try {
            this.releaser = jdkProvider.openSelector();
        } catch (IOException e) {
            inner.close();
            throw e;
        }
    }

    @Override
    public Set<SelectionKey> keys() {
        ensureOpen();
        return publicKeys;
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        ensureOpen();
        return publicSelectedKeys;
    }

    @Override
    public int select() throws IOException {
        return lockAndSelect(null, FOREVER);
    }

    @Override
    public int select(long timeoutMillis) throws IOException {
        return lockAndSelect(null, checkTimeout(timeoutMillis));
    }

    @Override
    public int selectNow() throws IOException {
        return lockAndSelect(null, 0);
    }

    @Override
    public int select(Consumer<SelectionKey> action) throws IOException {
        return lockAndSelect(Objects.requireNonNull(action, "action"), FOREVER);
    }

    @Override
    public int select(Consumer<SelectionKey> action, long timeoutMillis) throws IOException {
        Objects.requireNonNull(action, "action");
        return lockAndSelect(action, checkTimeout(timeoutMillis));
    }

    @Override
    public int selectNow(Consumer<SelectionKey> action) throws IOException {
        return lockAndSelect(Objects.requireNonNull(action, "action"), 0);
    }

    @Override
    public Selector wakeup() {
        // A select that does not wait yet looks at the flag before it does.
        wakeupPending.set(true);
        wakeIfWaiting();
        return this;
    }

    /** To the caller of a select, a time limit of 0 means none. */
    private static long checkTimeout(long timeoutMillis) {
        if (timeoutMillis < 0) {
            throw new IllegalArgumentException("timeout is negative: timeoutMillis=" + timeoutMillis);
        }
        return timeoutMillis == 0 ? FOREVER : timeoutMillis;
    }

    /** Holds two monitors while it waits, as {@link Selector} wants it and as the JDK's selectors do. */
    private int lockAndSelect(Consumer<SelectionKey> action, long timeoutMillis) throws IOException {
        synchronized (this) {
            ensureOpen();
            if (inSelect) {
                throw new IllegalStateException("select in progress");
            }
            inSelect = true;
            try {
                synchronized (publicSelectedKeys) {
                    return doSelect(action, timeoutMillis);
                }
            } finally {
                inSelect = false;
            }
        }
    }

    /**
     * One selection operation. Goes round until there is something to tell: a key is ready (even if that changes no
     * count), the caller's wakeup, an interrupt, the close, or the end of the time. Netty takes a select that returns
     * early for nothing as a broken selector, so a mere change of a channel must not end it.
     */
    private int doSelect(Consumer<SelectionKey> action, long timeoutMillis) throws IOException {
        // saturates: Netty passes Long.MAX_VALUE / 1_000_000 ms, which must not overflow into the past
        long limitNanos = timeoutMillis == FOREVER ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        long startNanos = System.nanoTime();
        flushCancelled();
        for (; ; ) {
            long restNanos =
                    limitNanos == Long.MAX_VALUE ? Long.MAX_VALUE : limitNanos - (System.nanoTime() - startNanos);
            hostedReady.clear();
            readyKeyMet = false;
            pollInner(restNanos);
            flushCancelled();
            boolean woken = wakeupPending.getAndSet(false);
            int count = publishCandidates(action) + publishHosted(action);
            if (readyKeyMet
                    || woken
                    || restNanos <= 0
                    || !isOpen()
                    || Thread.currentThread().isInterrupted()) {
                return count;
            }
        }
    }

    /** Asks the inner selector, and waits in it if there is nothing to tell yet. */
    private void pollInner(long restNanos) throws IOException {
        if (restNanos <= 0 || anyCandidateReady()) {
            inner.selectNow(hostedCollector);
            return;
        }
        waiting.set(true);
        try {
            // A change from here on wakes the inner selector; one from before is in the queue.
            if (!changed.isEmpty() || wakeupPending.get() || !isOpen()) {
                inner.selectNow(hostedCollector);
            } else if (restNanos == Long.MAX_VALUE) {
                inner.select(hostedCollector);
            } else {
                inner.select(hostedCollector, roundUpToMillis(restNanos));
            }
        } finally {
            waiting.set(false);
        }
    }

    private static long roundUpToMillis(long nanos) {
        return nanos / 1_000_000 + (nanos % 1_000_000 == 0 ? 0 : 1);
    }

    private void takeChanged() {
        for (ModuleSelectionKey key = changed.poll(); key != null; key = changed.poll()) {
            key.clearQueued();
            if (!key.candidate) {
                key.candidate = true;
                candidates.add(key);
            }
        }
    }

    private boolean anyCandidateReady() {
        takeChanged();
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i).readyNow() != 0) {
                return true;
            }
        }
        return false;
    }

    /** Looks at every candidate. One that is not ready is dropped: its next change puts it into the queue again. */
    private int publishCandidates(Consumer<SelectionKey> action) {
        takeChanged();
        int count = 0;
        int i = 0;
        while (i < candidates.size()) {
            ModuleSelectionKey key = candidates.get(i);
            int ready = key.readyNow();
            if (ready == 0) {
                dropCandidate(i);
            } else {
                count += publish(key.shown(), ready, action);
                i++;
            }
        }
        return count;
    }

    private void dropCandidate(int index) {
        candidates.get(index).candidate = false;
        int last = candidates.size() - 1;
        candidates.set(index, candidates.get(last));
        candidates.remove(last);
    }

    private int publishHosted(Consumer<SelectionKey> action) {
        int count = 0;
        for (HostedSelectionKey key : hostedReady) {
            if (key.shown().isValid()) {
                count += publish(key.shown(), key.collectedOps, action);
            }
        }
        return count;
    }

    /** Called by the inner selector for each key that it finds ready; the caller's action must not run in there. */
    private void collectHosted(SelectionKey innerKey) {
        HostedSelectionKey key = (HostedSelectionKey) innerKey.attachment();
        try {
            key.collectedOps = innerKey.readyOps();
            hostedReady.add(key);
        } catch (CancelledKeyException e) {
            // cancelled by another thread meanwhile, so not ready
        }
    }

    /** Tells of a ready key. Returns 1 if it counts: newly selected, or its ready set has grown. */
    private int publish(UartSelectionKey key, int ready, Consumer<SelectionKey> action) {
        readyKeyMet = true;
        if (action != null) {
            key.setReadyOps(ready);
            action.accept(key);
            ensureOpen();
            return 1;
        }
        if (selectedKeys.contains(key)) {
            return key.addReadyOps(ready) ? 1 : 0;
        }
        key.setReadyOps(ready);
        selectedKeys.add(key);
        return 1;
    }

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
        ensureOpen();
        UartSelectionKey key = keyFor(channel);
        key.attach(attachment);
        join(key);
        // From here on others may find the key in keys(), before the channel knows it.
        keys.add(key);
        try {
            key.interestOps(ops);
        } catch (CancelledKeyException e) {
            // found and cancelled by another thread; a cancelled key may be returned
        }
        if (!isOpen()) {
            keys.remove(key);
            key.released();
            key.cancel();
            throw new ClosedSelectorException();
        }
        return key;
    }

    private UartSelectionKey keyFor(AbstractSelectableChannel channel) {
        if (channel instanceof ModuleChannel own) {
            return new ModuleSelectionKey(this, own);
        }
        if (channel instanceof RoutedSocketChannel routed) {
            return new RoutedSelectionKey(this, routed);
        }
        return new HostedSelectionKey(this, channel);
    }

    private static void join(UartSelectionKey key) {
        try {
            key.join();
        } catch (ClosedChannelException e) {
            // closed by another thread meanwhile; as with the JDK's selector the key is born and then cancelled
            key.cancel();
        }
    }

    /** Returns the JDK selector that waits, for the channels of the JDK. */
    Selector inner() {
        return inner;
    }

    /** Returns the JDK selector that lets the channels of the JDK go last. */
    Selector releaser() {
        return releaser;
    }

    /** Called by any thread after it has made a change that the key may have to be looked at for. */
    void keyChanged(ModuleSelectionKey key) {
        if (key.markQueued()) {
            changed.offer(key);
            wakeIfWaiting();
        }
    }

    /** Makes a waiting inner selector take up an interest set that has changed; it reads them when it starts. */
    void hostedInterestChanged() {
        wakeIfWaiting();
    }

    private void wakeIfWaiting() {
        if (waiting.get() && waiting.compareAndSet(true, false)) {
            inner.wakeup();
        }
    }

    /**
     * Takes cancelled keys out of all sets. They are copied first: deregistering takes the channel's key lock, and a
     * failing {@code register} holds that lock while it cancels. For hosted channels this key must have left before
     * the JDK's selectors let go, because they free a closed channel only if nothing else holds it.
     */
    private void flushCancelled() throws IOException {
        Set<SelectionKey> cancelled = cancelledKeys();
        synchronized (cancelled) {
            if (cancelled.isEmpty()) {
                return;
            }
            flushing.addAll(cancelled);
            cancelled.clear();
        }
        boolean hosted = false;
        for (SelectionKey key : flushing) {
            hosted |= ((UartSelectionKey) key).isHosted();
            remove((UartSelectionKey) key);
        }
        flushing.clear();
        if (hosted) {
            // levels, not edges: what is ready now will be found ready by the next poll
            inner.selectNow(UartSelector::ignore);
            releaser.selectNow(UartSelector::ignore);
        }
    }

    private static void ignore(SelectionKey key) {}

    private void remove(UartSelectionKey key) {
        keys.remove(key);
        selectedKeys.remove(key);
        key.released();
        // A key whose register has failed is unknown to its channel, and JDK 17 then fails to take it out of there.
        if (key.channel().keyFor(this) == key) {
            deregister(key);
        }
    }

    @Override
    protected void implCloseSelector() throws IOException {
        wakeup();
        synchronized (this) {
            synchronized (publicSelectedKeys) {
                for (SelectionKey key : keys) {
                    remove((UartSelectionKey) key);
                }
                candidates.clear();
                hostedReady.clear();
                try {
                    inner.close();
                } finally {
                    releaser.close();
                }
            }
        }
    }

    private void ensureOpen() {
        if (!isOpen()) {
            throw new ClosedSelectorException();
        }
    }
}
