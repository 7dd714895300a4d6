package io.uartnio.socket.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.AccessMode;
import io.uartnio.ModemException;
import io.uartnio.Seeds;
import io.uartnio.at.AtChannel;
import io.uartnio.at.ScriptedPort;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IndexTableTest {

    private static final int SIZE = 4;

    /** Who shows himself under an index. */
    private final Holder[] shown = new Holder[IndexTable.MAX_INDEXES];

    private final IndexTable table = new IndexTable(index -> shown[index]);

    @BeforeEach
    void attach() {
        SocketEngine engine =
                new SocketEngine(new EngineSettings(64, 64, 0, AccessMode.BUFFER, 1, 1), () -> {}, () -> {});
        table.attach(new AtChannel(new ScriptedPort("test"), engine.frames(), () -> {}, 1_000, 1_000));
        table.setSize(SIZE);
    }

    /** A socket as the table sees it. */
    private final class Holder implements IndexHolder {
        private boolean opening = true;
        private boolean live = true;
        private int index = -1;
        private boolean asked;
        private int moves;
        private int opens;
        private boolean forgotten;
        private IOException failure;

        private void end() {
            opening = false;
            live = false;
        }

        private boolean shows() {
            return index >= 0 && shown[index] == this;
        }

        @Override
        public boolean isOpening() {
            return opening;
        }

        @Override
        public boolean isLive() {
            return live;
        }

        @Override
        public int index() {
            return index;
        }

        @Override
        public void take(int newIndex) {
            assertThat(shown[newIndex]).as("holder of index %d", newIndex).isNull();
            index = newIndex;
            shown[newIndex] = this;
        }

        @Override
        public boolean give() {
            boolean shows = shows();
            if (shows) {
                shown[index] = null;
            }
            return shows;
        }

        @Override
        public boolean isTls() {
            return false;
        }

        @Override
        public GrowingPause closePause() {
            return HolderTable.newClosePause();
        }

        @Override
        public boolean isAsked() {
            return asked;
        }

        @Override
        public void setAsked(boolean nowAsked) {
            asked = nowAsked;
        }

        @Override
        public int countMove() {
            return ++moves;
        }

        @Override
        public void openLater() {
            opens++;
        }

        @Override
        public void failAndRelease(IOException cause) {
            end();
            failure = cause;
        }

        @Override
        public void forget() {
            forgotten = true;
        }
    }

    /** What the table should do, in plain words; indexes are given out in the order in which they became free. */
    private final class Model {
        private final ArrayDeque<Integer> free = new ArrayDeque<>();
        private final ArrayDeque<Holder> waiting = new ArrayDeque<>();

        Model() {
            for (int index = 0; index < SIZE; index++) {
                free.add(index);
            }
        }

        boolean isAnyClosing() {
            return holders().stream().anyMatch(holder -> !holder.live);
        }

        /** An index is free: the first who waits and still wants one has it. Returns him, or null. */
        Holder free(int index) {
            free.add(index);
            for (Holder next = waiting.poll(); next != null; next = waiting.poll()) {
                if (next.opening) {
                    free.remove();
                    return next;
                }
            }
            return null;
        }
    }

    private List<Holder> holders() {
        List<Holder> holders = new ArrayList<>();
        for (Holder holder : shown) {
            if (holder != null) {
                holders.add(holder);
            }
        }
        return holders;
    }

    private static Holder any(RandomGenerator random, List<Holder> of) {
        return of.isEmpty() ? null : of.get(random.nextInt(of.size()));
    }

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void indexesGoToOneHolderEachAndToWhoWaitsLongest(long seed) {
        RandomGenerator random = Seeds.random(seed);
        Model model = new Model();
        for (int step = 0; step < 20_000; step++) {
            String where = "seed=" + seed + ", step=" + step;
            switch (random.nextInt(9)) {
                case 0, 1, 2 -> take(model, where);
                case 3 -> {
                    Holder opened = any(random, holders());
                    if (opened != null && opened.opening) {
                        int expected = opened.asked ? -1 : opened.index;
                        assertThat(table.beginOpen(opened)).as(where).isEqualTo(expected);
                        opened.opening = random.nextBoolean();
                    }
                }
                case 4 -> {
                    Holder ended = any(random, holders());
                    if (ended != null) {
                        ended.end();
                    }
                }
                case 5 -> {
                    Holder gone = any(random, List.copyOf(model.waiting));
                    if (gone != null) {
                        gone.end();
                        if (random.nextBoolean()) {
                            model.waiting.remove(gone);
                            table.stopAwaiting(gone);
                        }
                    }
                }
                case 6 -> {
                    Holder ended = any(random, holders());
                    if (ended != null && !ended.live) {
                        free(model, ended, where);
                    }
                }
                case 7 -> moveElsewhere(model, any(random, holders()), random, where);
                default -> adopt(model, random.nextInt(IndexTable.MAX_INDEXES), where);
            }
            assertThat(table.used()).as(where).isEqualTo(holders().size());
            assertThat(holders().size() + model.free.size()).as(where).isEqualTo(SIZE);
            for (int index = 0; index < IndexTable.MAX_INDEXES; index++) {
                assertThat(table.isHeld(index)).as(where).isEqualTo(shown[index] != null);
            }
        }
    }

    private void take(Model model, String where) {
        Holder taker = new Holder();
        if (!model.free.isEmpty()) {
            int index = model.free.remove();
            assertThatTakes(taker, true, where);
            assertThat(taker.index).as(where).isEqualTo(index);
        } else if (model.isAnyClosing()) {
            assertThatTakes(taker, false, where);
            assertThat(taker.index).as(where).isNegative();
            model.waiting.add(taker);
        } else {
            assertThatThrownBy(() -> table.takeOrAwait(taker))
                    .as(where)
                    .isInstanceOf(ModemException.class)
                    .hasMessageContaining("no socket is free");
        }
    }

    private void assertThatTakes(Holder taker, boolean taken, String where) {
        try {
            assertThat(table.takeOrAwait(taker)).as(where).isEqualTo(taken);
        } catch (IOException e) {
            throw new AssertionError(where, e);
        }
    }

    private void free(Model model, Holder ended, String where) {
        int index = ended.index;
        Holder next = model.free(index);
        int opens = next == null ? 0 : next.opens;
        table.free(ended);
        assertThat(ended.shows()).as(where).isFalse();
        assertThat(ended.forgotten).as(where).isTrue();
        if (next != null) {
            assertThat(next.index).as(where).isEqualTo(index);
            assertThat(next.opens).as(where).isEqualTo(opens + 1);
        }
    }

    /** The module says that the index is another's. */
    private void moveElsewhere(Model model, Holder holder, RandomGenerator random, String where) {
        if (holder == null || !holder.opening) {
            return;
        }
        if (random.nextInt(4) == 0) {
            int before = holder.index;
            assertThat(table.openElsewhere(holder, before + 1)).as(where).isTrue();
            assertThat(holder.index).as(where).isEqualTo(before);
            return;
        }
        int index = holder.index;
        boolean possible = holder.moves < IndexTable.MAX_INDEXES && !model.free.isEmpty();
        assertThat(table.openElsewhere(holder, index)).as(where).isEqualTo(possible);
        if (possible) {
            assertThat(holder.index).as(where).isEqualTo(model.free.remove());
            assertThat(holder.asked).as(where).isFalse();
            model.free.add(index);
        } else {
            assertThat(holder.index).as(where).isEqualTo(index);
        }
    }

    /** The module has accepted a connection under an index of its choice. */
    private void adopt(Model model, int index, String where) {
        Holder accepted = new Holder();
        accepted.opening = false;
        Holder before = shown[index];
        boolean possible = before == null ? model.free.contains(index) : before.opening || !before.live;
        boolean moved = before != null && before.opening && !model.free.isEmpty();
        int opens = before == null ? 0 : before.opens;
        assertThat(table.adopt(accepted, index)).as(where).isEqualTo(possible);
        assertThat(accepted.shows()).as(where).isEqualTo(possible);
        if (!possible) {
            return;
        }
        if (before == null) {
            model.free.remove(index);
        } else if (moved) {
            assertThat(before.index).as(where).isEqualTo(model.free.remove());
            assertThat(before.opens).as(where).isEqualTo(opens + 1);
        } else {
            assertThat(before.shows()).as(where).isFalse();
            // Either it was being opened and there is no other index, or its index was free in the module already.
            assertThat(before.failure != null || before.forgotten).as(where).isTrue();
        }
        if (!model.isAnyClosing()) {
            // There is no index to wait for any more.
            assertThat(model.waiting).as(where).allMatch(holder -> holder.failure != null);
            model.waiting.clear();
        }
    }

    @Test
    void whenTheModuleHasForgottenAllOnlyThoseWhoLiveKeepTheirIndexes() throws IOException {
        Holder ended = new Holder();
        Holder living = new Holder();
        table.takeOrAwait(ended);
        table.takeOrAwait(living);
        ended.end();
        table.freeAll();
        assertThat(table.used()).isOne();
        assertThat(living.shows()).isTrue();
        assertThat(ended.shows()).isFalse();
    }

    @Test
    void aTableThatIsShutDownGivesNothingAndTellsWhoWaits() throws IOException {
        List<Holder> holding = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            Holder holder = new Holder();
            holding.add(holder);
            table.takeOrAwait(holder);
        }
        holding.get(0).end();
        Holder waiting = new Holder();
        assertThat(table.takeOrAwait(waiting)).isFalse();
        IOException cause = new IOException("closed");
        table.shutDown(cause);
        assertThat(waiting.failure).isSameAs(cause);
        assertThat(holding).allMatch(holder -> holder.failure == cause);
        assertThatThrownBy(() -> table.takeOrAwait(new Holder()))
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("modem is closed")
                .hasCause(cause);
        assertThat(table.awaitAllFree(0)).isFalse();
        holding.forEach(table::free);
        assertThat(table.awaitAllFree(0)).isTrue();
    }
}
