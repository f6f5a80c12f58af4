// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.loop.Overviews;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverviewEndpointTest {

  private static final String TOKEN = "0123456789abcdef";

  /// Allowed in; but nothing is decided yet.
  private static final int LET_IN = 503;

  @TempDir Path directory;

  private static HttpCall from(String address) throws UnknownHostException {
    return HttpCall.get(OverviewEndpoint.ANNOUNCING).from(InetAddress.getByName(address));
  }

  private int status(Optional<Path> tokenFile, HttpCall call) throws InterruptedException {
    return new OverviewEndpoint(tokenFile).handle(call).status();
  }

  @Test
  void whoCallsFromThisHostIsLetIn() throws Exception {
    assertEquals(LET_IN, status(Optional.empty(), from("127.0.0.1")));
    assertEquals(LET_IN, status(Optional.empty(), from("::1")));
    assertEquals(401, status(Optional.empty(), from("192.0.2.7")));
    assertEquals(401, status(Optional.empty(), HttpCall.get(OverviewEndpoint.ANNOUNCING)));
  }

  @Test
  void sessionsAreForTheSameCallers() throws Exception {
    HttpCall call = HttpCall.get(OverviewEndpoint.SESSIONS);
    assertEquals(401, status(Optional.empty(), call));
    assertEquals(LET_IN, status(Optional.empty(), call.from(InetAddress.getLoopbackAddress())));
  }

  @Test
  void eachPathHasItsReportInTheFormThatIsAskedFor() throws Exception {
    OverviewEndpoint endpoint = new OverviewEndpoint(Optional.empty());
    endpoint.publish(Optional.of(Overviews.of(new TreeMap<>())));
    assertEquals("no speaker has a BGP peer\n", body(endpoint, "/v1/sessions", "text/plain"));
    assertEquals(
        "no address is given to anybody\n\nno node has a speaker\n",
        body(endpoint, "/v1/announcing", "text/plain"));
    assertTrue(body(endpoint, "/v1/sessions", "application/json").contains("\"bgp\": []"));
    assertTrue(body(endpoint, "/v1/announcing", "*/*").contains("\"addresses\": []"));
  }

  private static String body(OverviewEndpoint endpoint, String path, String form) throws Exception {
    HttpCall call = HttpCall.get(path).from(InetAddress.getLoopbackAddress());
    HttpAnswer answer = endpoint.handle(call.withHeader("accept", form));
    assertEquals(200, answer.status());
    return answer.body().text();
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
    OverviewEndpoint endpoint = new OverviewEndpoint(Optional.empty());
    assertEquals(404, endpoint.handle(HttpCall.get("/v1/desired")).status());
  }
}
