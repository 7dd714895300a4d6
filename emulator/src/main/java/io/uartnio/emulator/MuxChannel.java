package io.uartnio.emulator;

import java.io.IOException;

/**
 * One of the multiplexer's channels 1 to 4. While it is open it has a {@link ModulePort} with a command thread. Opened and
 * closed by the thread that runs the session, asked by the transmitter's.
 */
final class MuxChannel {

    /** From an open to the end of the commands that came over it. */
    static final class Life {
        private final ModulePort port;
        private final Thread thread;

        private Life(ModulePort port, Thread thread) {
            this.port = port;
            this.thread = thread;
        }

        void abandon() {
            port.abandon();
        }

        void join() {
            Threads.join(thread);
        }

        boolean isOver() {
            return !thread.isAlive();
        }
    }

    // The modem status octet, named from the module's side.
    private static final int EXTENSION = 0x01;
    private static final int FLOW = 0x02;
    private static final int DATA_SET_READY = 0x04;
    private static final int CLEAR_TO_SEND = 0x08;
    private static final int CARRIER = 0x80;

    private final PlayedModule module;
    private final int dlci;
    private final MuxSender sender;
    private final boolean waitsForStatusAnswer;
    private volatile ModulePort port;
    private volatile ChannelInput input;
    private volatile int frameBytes;
    private volatile boolean held;
    private volatile boolean statusUnanswered;
    private int negotiatedBytes;
    private boolean hostReady = true;
    private boolean statusSent;
    private boolean carrier;
    private boolean inputFull;

    MuxChannel(PlayedModule module, int dlci, int frameBytes, MuxSender sender) {
        this.module = module;
        this.dlci = dlci;
        this.frameBytes = frameBytes;
        this.sender = sender;
        this.waitsForStatusAnswer = module.options.muxWaitsForStatusAnswer;
    }

    int dlci() {
        return dlci;
    }

    /** Returns the port of the open channel, or null. Any thread. */
    ModulePort port() {
        return port;
    }

    int frameBytes() {
        return frameBytes;
    }

    void setFrameBytes(int bytes) {
        frameBytes = bytes;
    }

    /** Says whether the host takes data on this channel now. */
    boolean mayCarry() {
        return port != null && !held && !(waitsForStatusAnswer && statusUnanswered);
    }

    /** Parameter negotiation holds for the next open, and at once if the channel is open. */
    void negotiate(int bytes) {
        negotiatedBytes = bytes;
        frameBytes = bytes;
    }

    int negotiatedOr(int bytes) {
        return negotiatedBytes > 0 ? negotiatedBytes : bytes;
    }

    Life open() {
        ChannelInput channelInput = new ChannelInput(module.power, this::holdHost);
        channelInput.reset(module.uart.input.life());
        synchronized (this) {
            hostReady = true;
            statusSent = false;
            carrier = false;
            inputFull = false;
            input = channelInput;
        }
        held = false;
        statusUnanswered = false;
        ModulePort opened = new ModulePort(
                "cmux" + dlci, channelInput, module::output, on -> setCarrier(channelInput, on), module.power);
        opened.setProfile(module.settings.savedProfile());
        module.applyProfile(opened);
        CommandInterpreter interpreter = new CommandInterpreter(module, opened);
        Thread thread = Threads.create("commands-" + opened.name, () -> serve(interpreter, opened, channelInput));
        Life life = new Life(opened, thread);
        port = opened;
        thread.start();
        module.transmitter.wake();
        return life;
    }

    private void serve(CommandInterpreter interpreter, ModulePort served, ChannelInput servedInput) {
        try {
            while (true) {
                interpreter.serveLine();
            }
        } catch (Power.LifeOverException | IOException e) {
            // The channel is closed, or the module's life is over.
        } finally {
            interpreter.leaveDataMode();
            served.abandon();
            servedInput.end();
        }
    }

    /** Closes the channel if it is open. For a socket that owns it this is a drop of DTR. */
    void close() {
        ModulePort open = port;
        if (open != null) {
            port = null;
            open.close();
            input.dropDtr();
            input.end();
        }
    }

    /** Takes data of the host, or drops what is longer than N1; returns false if the channel is not open. */
    boolean take(byte[] information, int length) {
        if (port == null) {
            return false;
        }
        if (length > frameBytes) {
            module.counters.muxBadFrame();
            return true;
        }
        input.put(information, 0, length);
        return true;
    }

    /** The host has told how its lines stand. */
    void hostStatus(boolean holds, boolean ready) {
        held = holds;
        boolean dropped;
        boolean first;
        synchronized (this) {
            dropped = hostReady && !ready;
            hostReady = ready;
            first = !statusSent && module.options.muxStatusAtOpen == MuxStatusAtOpen.AFTER_HOST;
        }
        if (port != null && dropped) {
            input.dropDtr();
        }
        if (port != null && first) {
            sendFirstStatus();
        }
        module.transmitter.wake();
    }

    void statusAnswered() {
        statusUnanswered = false;
        module.transmitter.wake();
    }

    private synchronized void holdHost(ChannelInput source, boolean hold) {
        if (source == input) {
            inputFull = hold;
            sendStatus();
        }
    }

    /** An earlier life of the channel may still be at its end, and its lines are not this one's. */
    private synchronized void setCarrier(ChannelInput source, boolean on) {
        boolean changed = source == input && carrier != on;
        if (changed) {
            carrier = on;
            // Before the channel is open its first status tells.
            if (port != null) {
                sendStatus();
            }
        }
    }

    void sendFirstStatus() {
        statusUnanswered = true;
        sendStatus();
    }

    private synchronized void sendStatus() {
        statusSent = true;
        int lines = EXTENSION | DATA_SET_READY | CLEAR_TO_SEND | (inputFull ? FLOW : 0) | (carrier ? CARRIER : 0);
        sender.status(dlci, lines);
    }
}
