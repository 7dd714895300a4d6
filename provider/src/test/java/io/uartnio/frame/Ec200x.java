package io.uartnio.frame;

import io.uartnio.module.Identity;
import io.uartnio.module.quectel.ec200x.Ec200xDriverProvider;
import java.nio.charset.StandardCharsets;

/** The real grammar of the EC200x and what its module sends, made here from the manual's words alone. */
public final class Ec200x {

    private Ec200x() {}

    public static FrameGrammar grammar() {
        return new Ec200xDriverProvider()
                .create(new Identity("Quectel", "EC200N", "test"), null, null)
                .grammar();
    }

    public static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    public static String line(String text) {
        return "\r\n" + text + "\r\n";
    }

    public static String frame(int index, boolean tls, String payload, String trailer) {
        return line((tls ? "+QSSLURC" : "+QIURC") + ": \"recv\"," + index + "," + payload.length()) + payload + trailer;
    }

    public static String read(boolean tls, String payload) {
        String reply = line((tls ? "+QSSLRECV: " : "+QIRD: ") + payload.length());
        return payload.isEmpty() ? reply : reply + payload + "\r\n";
    }
}
