package io.uartnio.emulator;

import java.io.IOException;

/**
 * The thread behind the UART. One round of its loop is one life of the module, from boot to restart; within it the thread
 * serves the UART's port, and under the multiplexer the multiplexer.
 */
final class ModuleLife {

    private final PlayedModule module;
    private final CommandInterpreter interpreter;
    private final Thread thread;
    private boolean startsInMux;

    ModuleLife(PlayedModule module) {
        this.module = module;
        interpreter = new CommandInterpreter(module, module.uart);
        startsInMux = module.options.muxAtStart;
        thread = Threads.create("commands", this::run);
    }

    void start() {
        thread.start();
    }

    void join() {
        Threads.join(thread);
    }

    private void run() {
        while (!module.power.isEnded()) {
            try {
                live();
            } catch (Power.LifeOverException e) {
                // The next round is the next life.
            } catch (IOException e) {
                return;
            }
        }
    }

    private void live() throws IOException {
        module.uart.input.reset(module.power.life());
        interpreter.reset();
        module.boot();
        if (!module.power.isOn()) {
            beDeaf(Long.MAX_VALUE / 2_000_000);
        }
        beDeaf(module.options.bootMillis);
        module.booted();
        if (startsInMux) {
            startsInMux = false;
            module.multiplexer.runAsLeftByAnEarlierHost();
        }
        while (true) {
            interpreter.serveLine();
            module.multiplexer.runIfAskedFor();
        }
    }

    /** What the host sends while the module boots or is off is lost. */
    private void beDeaf(long millis) throws IOException {
        PortInput input = module.uart.input;
        long end = System.nanoTime() + millis * 1_000_000;
        long left = millis;
        while (left > 0) {
            if (input.read(left) != PortInput.TIMEOUT) {
                input.discard();
            }
            left = (end - System.nanoTime()) / 1_000_000;
        }
    }
}
