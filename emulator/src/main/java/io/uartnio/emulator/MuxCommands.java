package io.uartnio.emulator;

import io.uartnio.emulator.AtCommand.Form;

/** {@code AT+CMUX}, after 3GPP TS 27.007: basic option and UIH frames only. Command thread. */
final class MuxCommands {

    private static final int DEFAULT_N1 = 127;

    private final PlayedModule module;
    private final ModulePort port;
    private final int largest;

    MuxCommands(PlayedModule module, ModulePort port) {
        this.module = module;
        this.port = port;
        this.largest = module.options.muxLargestFrame;
    }

    void addTo(CommandTable table) {
        if (module.options.muxSupported) {
            table.add("+CMUX", CommandTable.forms(this::multiplex, Form.READ, Form.TEST, Form.WRITE));
        }
    }

    /**
     * {@code AT+CMUX=<mode>[,<subset>[,<port_speed>[,<N1>[,<T1>[,<N2>[,<T2>[,<T3>[,<k>]]]]]]]]}. The rate stays that of
     * {@code AT+IPR}, whatever the speed says. There is no multiplexer inside the multiplexer.
     */
    private Result multiplex(AtCommand command, Exchange exchange) {
        switch (command.form()) {
            case READ -> exchange.info("+CMUX: 0,0,5," + module.multiplexer.frameBytes() + ",10,3,30,10,2");
            case TEST ->
                exchange.info("+CMUX: (0),(0),(1-8),(1-" + largest + "),(1-255),(0-100),(2-255),(1-255),(1-7)");
            default -> {
                command.count(1, 9);
                command.number(0, 0, 0);
                command.number(1, 0, 0, 0);
                command.number(2, 1, 8, 5);
                int n1 = command.number(3, 1, largest, DEFAULT_N1);
                command.number(4, 1, 255, 10);
                command.number(5, 0, 100, 3);
                command.number(6, 2, 255, 30);
                command.number(7, 1, 255, 10);
                command.number(8, 1, 7, 2);
                if (module.multiplexer.isRunning()) {
                    return Result.cme(ErrorCodes.CME_NOT_ALLOWED);
                }
                module.multiplexer.askFor(n1);
                exchange.beforeHostSeesResult(module.multiplexer::takeLine);
                return port.profile().quiet ? Result.OK.then(module.multiplexer::takeLine) : Result.OK;
            }
        }
        return Result.OK;
    }
}
