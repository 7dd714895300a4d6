package io.uartnio.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "emulate")
final class EmulateCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return 0;
    }
}
