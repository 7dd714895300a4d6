package io.uartnio.emulator;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * One run of the multiplexer, the responder's side: takes the host's frames apart, opens and closes channels, and hands
 * their bytes to their ports. The thread behind the UART runs it; {@link MuxSender} sends, {@link MuxControl} speaks on
 * channel 0.
 */
final class MuxSession implements MuxParser.Sink {

    /** Longer than any pause within a frame. */
    private static final int SILENCE_MILLIS = 1000;

    private final PlayedModule module;
    private final EmulatorOptions options;
    private final MuxSender sender;
    private final MuxParser parser;
    private final MuxControl control;
    private final MuxChannel[] channels = new MuxChannel[Multiplexer.CHANNELS + 1];
    private final List<MuxChannel.Life> lives = new ArrayList<>();
    private final byte[] received = new byte[4096];
    private final int firstFrameBytes;
    private boolean controlOpen;
    private boolean ended;
    private int uasToLose;

    MuxSession(PlayedModule module, int frameBytes) {
        this.module = module;
        this.options = module.options;
        this.firstFrameBytes = frameBytes;
        this.uasToLose = options.muxUasLost;
        this.sender = new MuxSender(module.transmitter, options, module.counters);
        this.control = new MuxControl(module, this, sender);
        this.parser = new MuxParser(options.muxLargestFrame, this);
        for (int dlci = 1; dlci < channels.length; dlci++) {
            channels[dlci] = new MuxChannel(module, dlci, frameBytes, sender);
            sender.add(channels[dlci]);
        }
    }

    MuxSender sender() {
        return sender;
    }

    /** Returns the port of an open channel, or null. Any thread. */
    ModulePort port(int dlci) {
        return channels[dlci].port();
    }

    /** Returns a channel, or null if there is no such. */
    MuxChannel channel(int dlci) {
        return dlci >= 1 && dlci < channels.length ? channels[dlci] : null;
    }

    /** Says whether the host has ended the run, and the line goes back to the UART's port behind the last answer. */
    boolean wasClosedDown() {
        return ended;
    }

    /** Serves the line until the host ends the run. */
    void run() throws IOException {
        PortInput input = module.uart.input;
        while (!ended) {
            int count = input.read(received, 0, received.length, SILENCE_MILLIS);
            if (count == PortInput.TIMEOUT) {
                parser.silence();
            } else {
                int used = parser.accept(received, 0, count);
                input.unread(count - used);
            }
        }
    }

    /** Ends the commands of all channels; returns when their threads are gone. */
    void abandonChannels() {
        for (int dlci = 1; dlci < channels.length; dlci++) {
            channels[dlci].close();
        }
        lives.forEach(MuxChannel.Life::abandon);
        lives.forEach(MuxChannel.Life::join);
    }

    /** Everything is open, as a host leaves it that goes without a word. */
    void openAll() {
        controlOpen = true;
        for (int dlci = 1; dlci < channels.length; dlci++) {
            lives.add(channels[dlci].open());
        }
    }

    @Override
    public void badFrame() {
        module.counters.muxBadFrame();
    }

    @Override
    public void frame(int dlci, boolean commandBit, int octet, byte[] information, int length) {
        module.counters.muxFrameFromHost();
        boolean poll = (octet & MuxFrame.POLL_FINAL) != 0;
        switch (octet & ~MuxFrame.POLL_FINAL) {
            case MuxFrame.SABM -> open(dlci);
            case MuxFrame.DISC -> disconnect(dlci);
            case MuxFrame.UIH, MuxFrame.UI -> data(dlci, poll, information, length);
            case MuxFrame.DM -> refused(dlci);
            default -> {
                // UA answers nothing that this side ever asks, and of the other types no host makes use.
            }
        }
    }

    private void open(int dlci) {
        MuxChannel channel = channel(dlci);
        boolean possible = dlci == 0 || (channel != null && controlOpen);
        if (!possible) {
            sender.answer(dlci, MuxFrame.DM | MuxFrame.POLL_FINAL);
            return;
        }
        if (dlci == 0) {
            controlOpen = true;
        } else if (channel.port() == null) {
            channel.setFrameBytes(channel.negotiatedOr(firstFrameBytes));
            lives.removeIf(MuxChannel.Life::isOver);
            lives.add(channel.open());
        }
        acknowledge(dlci, channel);
    }

    private void acknowledge(int dlci, MuxChannel channel) {
        boolean lost = uasToLose > 0;
        uasToLose -= lost ? 1 : 0;
        Runnable answer = () -> {
            if (channel != null && options.muxStatusAtOpen == MuxStatusAtOpen.BEFORE_UA) {
                channel.sendFirstStatus();
            }
            if (!lost) {
                sender.answer(dlci, MuxFrame.UA | MuxFrame.POLL_FINAL);
            }
            if (channel != null && options.muxStatusAtOpen == MuxStatusAtOpen.AFTER_UA) {
                channel.sendFirstStatus();
            }
        };
        if (options.muxUaDelayMillis == 0) {
            answer.run();
        } else {
            Future<?> unused = module.timer.schedule(answer, options.muxUaDelayMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void disconnect(int dlci) {
        MuxChannel channel = channel(dlci);
        if (dlci == 0 && controlOpen) {
            end(() -> sender.answer(dlci, MuxFrame.UA | MuxFrame.POLL_FINAL));
        } else if (channel != null && channel.port() != null) {
            channel.close();
            sender.answer(dlci, MuxFrame.UA | MuxFrame.POLL_FINAL);
        } else {
            sender.answer(dlci, MuxFrame.DM | MuxFrame.POLL_FINAL);
        }
    }

    private void data(int dlci, boolean poll, byte[] information, int length) {
        MuxChannel channel = channel(dlci);
        if (dlci == 0) {
            control.take(information, length);
        } else if (channel == null || !channel.take(information, length)) {
            sender.answer(dlci, MuxFrame.DM | (poll ? MuxFrame.POLL_FINAL : 0));
        }
    }

    private void refused(int dlci) {
        MuxChannel channel = channel(dlci);
        if (channel != null) {
            channel.close();
        }
    }

    /** The host ends the run: the answer is the last frame, and behind it the line is the UART's port's again. */
    void end(Runnable answer) {
        answer.run();
        if (!options.muxCannotBeLeft) {
            ended = true;
            parser.stop();
            sender.sendLast(() -> module.transmitter.use(module.uartFeed));
        }
    }
}
