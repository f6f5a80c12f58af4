// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gitlb.apiserver.api.ApiRequest;
import io.gitlb.apiserver.http.RequestReader.Incoming;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Requests from bytes.
class RequestReaderTest {
  private static final int BODY_LIMIT_BYTES = 1000;
  private static final int ROUNDS = 2_000 * Integer.getInteger("gitlb.random.rounds", 1);

  private static RequestReader reader(byte[] bytes, ByteArrayOutputStream out) {
    return new RequestReader(
        new BufferedInputStream(new ByteArrayInputStream(bytes)),
        out,
        InetAddress.getLoopbackAddress(),
        BODY_LIMIT_BYTES);
  }

  private static RequestReader reader(String text) {
    return reader(
        text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1),
        new ByteArrayOutputStream());
  }

  private static ApiRequest request(Incoming incoming) {
    return assertInstanceOf(Incoming.Request.class, incoming).request();
  }

  private static String body(ApiRequest request) {
    return new String(request.body().bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void pathQueryHeadersAndBodyAreTakenApart() throws IOException {
    ApiRequest request =
        request(
            reader(
                    """
                    POST /a%20b/c?x=1%2C2&y=a+b&z HTTP/1.1
                    Host: h
                    Content-TYPE: application/JSON; charset=utf-8
                    Content-Length: 5

                    hello""")
                .next());
    assertEquals("POST", request.method());
    assertEquals("/a b/c", request.path());
    assertEquals("1,2", request.parameter("x"));
    assertEquals("a b", request.parameter("y"));
    assertEquals("", request.parameter("z"));
    assertEquals("application/json", request.mediaType());
    assertEquals("hello", body(request));
  }

  @Test
  void requestsFollowOneAnother() throws IOException {
    RequestReader reader =
        reader("GET /1 HTTP/1.1\n\nPUT /2 HTTP/1.1\nContent-Length: 1\n\nxGET /3 HTTP/1.1\n\n");
    assertEquals("/1", request(reader.next()).path());
    assertEquals("x", body(request(reader.next())));
    assertEquals("/3", request(reader.next()).path());
    assertInstanceOf(Incoming.End.class, reader.next());
  }

  @Test
  void aChunkedBodyIsPutTogether() throws IOException {
    RequestReader reader =
        reader(
            """
            POST / HTTP/1.1
            Transfer-Encoding: chunked

            5;x=y
            hello
            1
            !
            0
            Trailer: t

            GET /next HTTP/1.1

            """);
    assertEquals("hello!", body(request(reader.next())));
    assertEquals("/next", request(reader.next()).path());
  }

  @Test
  void aClientThatWaitsIsToldToGoOn() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String text = "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx";
    request(reader(text.getBytes(StandardCharsets.US_ASCII), out).next());
    assertEquals("HTTP/1.1 100 Continue\r\n\r\n", out.toString(StandardCharsets.US_ASCII));
  }

  @Test
  void whatIsTooLongOrNonsenseIsBad() throws IOException {
    assertEquals(
        new Incoming.Bad(413, "limit is 1000"),
        reader("POST / HTTP/1.1\nContent-Length: 1001\n\n").next());
    assertEquals(
        new Incoming.Bad(413, "limit is 1000"),
        reader("POST / HTTP/1.1\nTransfer-Encoding: chunked\n\nfffffff\n").next());
    assertInstanceOf(Incoming.Bad.class, reader("POST / HTTP/1.1\nContent-Length: -1\n\n").next());
    assertInstanceOf(Incoming.Bad.class, reader("GET /%zz HTTP/1.1\n\n").next());
    assertInstanceOf(Incoming.Bad.class, reader("hello\n\n").next());
    assertInstanceOf(
        Incoming.End.class, reader("GET / HTTP/1.1\nX: " + "x".repeat(70_000) + "\n\n").next());
    assertThrows(
        IOException.class,
        () -> reader("POST / HTTP/1.1\nTransfer-Encoding: chunked\n\nzz\n").next());
  }

  @Test
  void noBytesBreakIt() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = 31L + round;
      Random random = new Random(seed);
      byte[] bytes =
          "POST /a?b=c HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII);
      for (int i = random.nextInt(6); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        Incoming incoming = reader(bytes, new ByteArrayOutputStream()).next();
        assertInstanceOf(Incoming.class, incoming);
      } catch (IOException refused) {
        // a broken body ends the connection
      } catch (RuntimeException broken) {
        throw new AssertionError("seed " + seed, broken);
      }
    }
  }
}
