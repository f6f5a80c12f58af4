// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.http.HttpCall;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnnouncingEndpointTest {

  private static final String TOKEN = "0123456789abcdef";

  /// Allowed in; but nothing is decided yet.
  private static final int LET_IN = 503;

  @TempDir Path directory;

  private static HttpCall from(String address) throws UnknownHostException {
    return HttpCall.get(AnnouncingEndpoint.PATH).from(InetAddress.getByName(address));
  }

  private int status(Optional<Path> tokenFile, HttpCall call) throws InterruptedException {
    return new AnnouncingEndpoint(tokenFile).handle(call).status();
  }

  @Test
  void whoCallsFromThisHostIsLetIn() throws Exception {
    assertEquals(LET_IN, status(Optional.empty(), from("127.0.0.1")));
    assertEquals(LET_IN, status(Optional.empty(), from("::1")));
    assertEquals(401, status(Optional.empty(), from("192.0.2.7")));
    assertEquals(401, status(Optional.empty(), HttpCall.get(AnnouncingEndpoint.PATH)));
  }

  @Test
  void everybodyElseNeedsTheToken() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), TOKEN + "\n");
    HttpCall call = from("192.0.2.7");
    assertEquals(401, status(Optional.of(file), call));
    assertEquals(
        LET_IN, status(Optional.of(file), call.withHeader("authorization", "Bearer " + TOKEN)));
    for (String wrong : new String[] {"Bearer ", "Bearer x" + TOKEN, TOKEN, "Basic " + TOKEN}) {
      assertEquals(401, status(Optional.of(file), call.withHeader("authorization", wrong)), wrong);
    }
    assertEquals(
        401,
        status(Optional.empty(), call.withHeader("authorization", "Bearer " + TOKEN)),
        "there is no token");
  }

  @Test
  void aTokenThatIsShortOrGoneLetsNobodyIn() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), "short");
    HttpCall call = from("192.0.2.7").withHeader("authorization", "Bearer short");
    assertEquals(401, status(Optional.of(file), call));
    Files.writeString(file, "");
    assertEquals(401, status(Optional.of(file), call.withHeader("authorization", "Bearer ")));
    Files.delete(file);
    assertEquals(401, status(Optional.of(file), call));
  }

  @Test
  void nothingElseIsServed() throws IOException, InterruptedException {
    AnnouncingEndpoint endpoint = new AnnouncingEndpoint(Optional.empty());
    assertEquals(404, endpoint.handle(HttpCall.get("/v1/desired")).status());
  }
}
