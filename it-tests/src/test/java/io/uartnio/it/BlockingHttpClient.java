package io.uartnio.it;

import io.uartnio.tls.EndToEndSslSocketFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URL;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.DetachedSocketFactory;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/** Three blocking HTTP clients, and where each takes the module's sockets. None of them asks this machine's DNS. */
enum BlockingHttpClient {
    /** Takes an {@link SSLSocketFactory} only, and asks it for an unconnected socket. */
    JDK {
        @Override
        byte[] endToEnd(SocketFactory plain, SSLContext context, X509TrustManager trust, int port, String path)
                throws IOException {
            return get(new EndToEndSslSocketFactory(context, plain), port, path);
        }

        @Override
        byte[] byTheModule(SSLSocketFactory tls, int port, String path) throws IOException {
            return get(tls, port, path);
        }

        private byte[] get(SSLSocketFactory factory, int port, String path) throws IOException {
            HttpsURLConnection connection =
                    (HttpsURLConnection) new URL("https://" + Bench.HOST + ":" + port + path).openConnection();
            connection.setSSLSocketFactory(factory);
            connection.setConnectTimeout(60_000);
            connection.setReadTimeout(60_000);
            connection.setRequestProperty("Connection", "close");
            try (InputStream body = connection.getInputStream()) {
                return body.readAllBytes();
            }
        }
    },

    /**
     * Wraps a socket of its {@link SocketFactory} if the URL says {@code https}, and takes it as it is if not. A factory
     * that is an {@link SSLSocketFactory} it refuses there.
     */
    OKHTTP {
        @Override
        byte[] endToEnd(SocketFactory plain, SSLContext context, X509TrustManager trust, int port, String path)
                throws IOException {
            OkHttpClient.Builder client =
                    new OkHttpClient.Builder().socketFactory(plain).sslSocketFactory(context.getSocketFactory(), trust);
            return get(client, "https://" + Bench.HOST + ":" + port + path);
        }

        @Override
        byte[] byTheModule(SSLSocketFactory tls, int port, String path) throws IOException {
            return get(
                    new OkHttpClient.Builder().socketFactory(new PlainLooking(tls)),
                    "http://" + Bench.HOST + ":" + port + path);
        }

        private byte[] get(OkHttpClient.Builder builder, String url) throws IOException {
            OkHttpClient client = builder.dns(name -> List.of(carrying(name)))
                    .connectTimeout(1, TimeUnit.MINUTES)
                    .readTimeout(1, TimeUnit.MINUTES)
                    .writeTimeout(1, TimeUnit.MINUTES)
                    .build();
            try (Response response =
                    client.newCall(new Request.Builder().url(url).build()).execute()) {
                if (!response.isSuccessful()) {
                    throw new IOException("status=" + response.code());
                }
                return response.body().bytes();
            } finally {
                client.connectionPool().evictAll();
                client.dispatcher().executorService().shutdown();
            }
        }
    },

    /** Connects a socket of a {@link DetachedSocketFactory} and then asks a {@link TlsSocketStrategy} to wrap it. */
    APACHE {
        @Override
        byte[] endToEnd(SocketFactory plain, SSLContext context, X509TrustManager trust, int port, String path)
                throws IOException {
            return get(proxy -> plain.createSocket(), new DefaultClientTlsStrategy(context), port, path);
        }

        @Override
        byte[] byTheModule(SSLSocketFactory tls, int port, String path) throws IOException {
            TlsSocketStrategy alreadyTls = (socket, target, targetPort, attachment, context) -> {
                SSLSocket connected = (SSLSocket) socket;
                connected.startHandshake();
                return connected;
            };
            return get(proxy -> tls.createSocket(), alreadyTls, port, path);
        }

        private byte[] get(DetachedSocketFactory sockets, TlsSocketStrategy tls, int port, String path)
                throws IOException {
            DefaultHttpClientConnectionOperator operator = new DefaultHttpClientConnectionOperator(
                    sockets,
                    null,
                    CARRYING,
                    RegistryBuilder.<TlsSocketStrategy>create()
                            .register("https", tls)
                            .build());
            try (CloseableHttpClient client = HttpClients.custom()
                    .setConnectionManager(new PoolingHttpClientConnectionManager(operator, null, null, null, null))
                    .build()) {
                return client.execute(
                        new HttpGet("https://" + Bench.HOST + ":" + port + path),
                        response -> EntityUtils.toByteArray(response.getEntity()));
            }
        }
    };

    /** Resolves every name to an address that leads nowhere from here and has the name with it. */
    private static final DnsResolver CARRYING = new DnsResolver() {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            return new InetAddress[] {carrying(host)};
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    };

    /** Fetches with the JDK's TLS, end to end, over plain sockets. */
    abstract byte[] endToEnd(SocketFactory plain, SSLContext context, X509TrustManager trust, int port, String path)
            throws IOException;

    /** Fetches with TLS by the module. */
    abstract byte[] byTheModule(SSLSocketFactory tls, int port, String path) throws IOException;

    private static InetAddress carrying(String name) {
        try {
            return InetAddress.getByAddress(name, new byte[] {(byte) 192, 0, 2, 1});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    /** A factory that does not look like one of TLS. */
    private static final class PlainLooking extends SocketFactory {

        private final SSLSocketFactory tls;

        PlainLooking(SSLSocketFactory tls) {
            this.tls = tls;
        }

        @Override
        public Socket createSocket() throws IOException {
            return tls.createSocket();
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return tls.createSocket(host, port);
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
            return tls.createSocket(host, port, localHost, localPort);
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return tls.createSocket(host, port);
        }

        @Override
        public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
                throws IOException {
            return tls.createSocket(address, port, localAddress, localPort);
        }
    }
}
