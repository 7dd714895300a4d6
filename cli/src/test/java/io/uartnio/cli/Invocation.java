package io.uartnio.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/**
 * One run of the command as a shell would see it.
 *
 * @param code the exit code
 * @param out all of standard output
 * @param err all of standard error
 */
record Invocation(int code, String out, String err) {

    static Invocation of(String... args) {
        return on(Terminal.none(), args);
    }

    static Invocation on(Terminal terminal, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.execute(new PrintWriter(out), new PrintWriter(err), terminal, args);
        return new Invocation(code, out.toString(), err.toString());
    }

    List<String> outLines() {
        return out.lines().toList();
    }

    String lastOutLine() {
        return outLines().get(outLines().size() - 1);
    }
}
