// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpHandler;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.protocol.RouteLine;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.InterfaceStatus;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.speaker.bfd.SessionTimers;
import io.gitlb.speaker.receive.StatusBoard;
import io.gitlb.speaker.show.ShowText;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/// `GET /v1/show/bgp`, `bfd`, `routes` and `l2`: the status in parts, as tables or, to those who
/// accept `application/json`, as that part of the status that the reconciler reads. There is no
/// secret in it.
final class ShowEndpoint implements HttpHandler {

  private static final ShowText.Pace LIVENESS =
      new ShowText.Pace(
          SessionTimers.LIVENESS.desiredMinTx(), SessionTimers.LIVENESS.detectMultiplier());

  private final StatusBoard board;
  private final Supplier<List<RouteLine>> routes;
  private final InstantSource clock;

  /// @param routes from any thread
  /// @param clock the time of day
  ShowEndpoint(StatusBoard board, Supplier<List<RouteLine>> routes, InstantSource clock) {
    this.board = board;
    this.routes = routes;
    this.clock = clock;
  }

  @Override
  public HttpAnswer handle(HttpCall call) {
    SpeakerStatus status = board.current();
    boolean json =
        call.header("accept").filter(one -> one.contains("application/json")).isPresent();
    return switch (call.path()) {
      case "/v1/show/bgp" ->
          json
              ? encoded(part(status, status.peers(), List.of()))
              : text(ShowText.bgp(status, clock.instant()), status);
      case "/v1/show/bfd" ->
          json
              ? encoded(part(status, List.of(), status.members()).withBfd(status.bfd()))
              : text(ShowText.bfd(status, LIVENESS, clock.instant()), status);
      case "/v1/show/routes" ->
          json
              ? HttpAnswer.json(200, ProtocolCodec.encode(status.node(), routes.get()))
              : text(ShowText.routes(status, routes.get()), status);
      case "/v1/show/l2" ->
          json ? layer2(status) : text(ShowText.layer2(status, clock.instant()), status);
      default -> HttpAnswer.text(404, "there are /v1/show/bgp, bfd, routes and l2");
    };
  }

  private static HttpAnswer text(String table, SpeakerStatus status) {
    return HttpAnswer.text(200, table + ShowText.problems(status));
  }

  private static HttpAnswer layer2(SpeakerStatus status) {
    List<AnnouncementStatus> addresses =
        status.announcements().stream().filter(one -> one.layer2().isPresent()).toList();
    return encoded(part(status, List.of(), List.of(), addresses, status.interfaces()));
  }

  private static HttpAnswer encoded(SpeakerStatus part) {
    return HttpAnswer.json(200, ProtocolCodec.encode(part));
  }

  private static SpeakerStatus part(
      SpeakerStatus status, List<PeerStatus> peers, List<MemberStatus> members) {
    return part(status, peers, members, List.of(), List.of());
  }

  private static SpeakerStatus part(
      SpeakerStatus status,
      List<PeerStatus> peers,
      List<MemberStatus> members,
      List<AnnouncementStatus> announcements,
      List<InterfaceStatus> interfaces) {
    return new SpeakerStatus(
        status.node(),
        status.bootId(),
        status.sequence(),
        status.stored(),
        status.applied(),
        announcements,
        peers,
        interfaces,
        members,
        Collections.emptySortedMap(),
        status.problems());
  }
}
