package io.uartnio.module.quectel.ec200x;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.uartnio.frame.FrameGrammar;
import io.uartnio.frame.ReferenceGrammar;
import io.uartnio.module.Identity;
import io.uartnio.module.ModuleDriver;
import io.uartnio.module.ModuleEvents;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The driver is given any line as an unsolicited one: it tells of an event for exactly the manual's forms and for
 * nothing else, and its grammar says of the line what a plain reference says.
 */
class UnsolicitedFuzzTest {

    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern ACCEPTED = Pattern.compile("\\+QIURC: \"incoming\",(\\d|10|11),(\\d|10|11),\"" + OCTET
            + "\\." + OCTET + "\\." + OCTET + "\\." + OCTET + "\",(0|[1-9]\\d{0,4})");
    private static final Pattern OPENED = Pattern.compile("\\+Q(I|SSL)OPEN: (\\d|10|11),(0|[1-9]\\d{0,3})");
    private static final Pattern CLOSED = Pattern.compile("\\+Q(I|SSL)URC: \"closed\",(\\d|10|11)");
    private static final Pattern WAITING = Pattern.compile("\\+Q(I|SSL)URC: \"recv\",(\\d|10|11)");

    /** The line does not stand alone in its array, and what stands around it is not to be read. */
    private static final byte[] BEFORE = {'1', ','};

    private static final byte[] BEHIND = {'1', '1', ',', '5', '\r', '\n'};

    @FuzzTest
    @DictionaryFile(resourcePath = "UnsolicitedFuzzTest.dict")
    void tellsOfTheManualsFormsAndOfNothingElse(byte[] line) {
        if (line.length == 0) {
            return;
        }
        String text = new String(line, StandardCharsets.ISO_8859_1);
        Told told = new Told();
        ModuleDriver driver = new Ec200xDriverProvider().create(new Identity("Quectel", "EC200N", "fuzz"), null, told);
        byte[] around = new byte[BEFORE.length + line.length + BEHIND.length];
        System.arraycopy(BEFORE, 0, around, 0, BEFORE.length);
        System.arraycopy(line, 0, around, BEFORE.length, line.length);
        System.arraycopy(BEHIND, 0, around, BEFORE.length + line.length, BEHIND.length);

        driver.onUnsolicited(around, BEFORE.length, line.length);
        check("event", told.event, expected(text), text);

        FrameGrammar grammar = driver.grammar();
        check(
                "announcement",
                grammar.classify(around, BEFORE.length, line.length),
                ReferenceGrammar.classify(text),
                text);
        check(
                "beginning",
                grammar.mayAnnounce(around, BEFORE.length, line.length),
                ReferenceGrammar.mayAnnounce(text),
                text);
    }

    private static void check(String what, Object seen, Object expected, String line) {
        if (!seen.equals(expected)) {
            throw new AssertionError(what + ": seen=" + seen + ", expected=" + expected + ", line=" + line);
        }
    }

    private static String expected(String line) {
        Matcher opened = OPENED.matcher(line);
        if (opened.matches()) {
            return opened.group(3).equals("0")
                    ? "opened " + socket(opened)
                    : "open failed " + socket(opened) + " " + opened.group(3);
        }
        Matcher closed = CLOSED.matcher(line);
        if (closed.matches()) {
            return "closed " + socket(closed);
        }
        Matcher waiting = WAITING.matcher(line);
        if (waiting.matches()) {
            return "waiting " + socket(waiting);
        }
        Matcher accepted = ACCEPTED.matcher(line);
        if (accepted.matches() && Integer.parseInt(accepted.group(7)) <= 65_535) {
            return "accepted " + accepted.group(1) + " by " + accepted.group(2);
        }
        return switch (line) {
            case "+QIURC: \"incoming full\"" -> "accept refused";
            case "+QIURC: \"pdpdeact\",1" -> "context lost";
            case "RDY", "APP RDY", "POWERED DOWN" -> "restart";
            default -> "";
        };
    }

    private static String socket(Matcher matcher) {
        return (matcher.group(1).equals("SSL") ? "tls " : "tcp ") + matcher.group(2);
    }

    /** Puts what it is told into words; a second event is added to the first and so fits nothing. */
    private static final class Told implements ModuleEvents {
        private String event = "";

        private static String socket(int index, boolean tls) {
            return (tls ? "tls " : "tcp ") + index;
        }

        @Override
        public void onOpened(int index, boolean tls) {
            event += "opened " + socket(index, tls);
        }

        @Override
        public void onOpenFailed(int index, boolean tls, int code, String codeName) {
            event += "open failed " + socket(index, tls) + " " + code;
        }

        @Override
        public void onPeerClosed(int index, boolean tls) {
            event += "closed " + socket(index, tls);
        }

        @Override
        public void onDataWaiting(int index, boolean tls) {
            event += "waiting " + socket(index, tls);
        }

        @Override
        public void onAccepted(int listener, int index, long peer) {
            event += "accepted " + index + " by " + listener;
        }

        @Override
        public void onAcceptRefused() {
            event += "accept refused";
        }

        @Override
        public void onContextLost() {
            event += "context lost";
        }

        @Override
        public void onRestartSuspected() {
            event += "restart";
        }
    }
}
