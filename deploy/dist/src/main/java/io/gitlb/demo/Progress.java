// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo;

import io.gitlb.demo.git.LogEntry;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;

/// Turns looks at the outside world into the story of one Service: what is new since the last look,
/// in the order in which GitLB does it. No clock and no I/O: a look is a value.
final class Progress {

  /// How far a Service has to come.
  enum Goal {
    /// A speaker says that it announces the address.
    ANNOUNCED,
    /// A speaker has taken the address over, though it cannot announce from where it runs.
    TAKEN_OVER
  }

  /// The stages, in the order of their effects.
  enum Stage {
    COMMITTED("committed"),
    ALLOCATED("allocated"),
    PUSHED("pushed"),
    ANNOUNCED("announced");

    private final String word;

    Stage(String word) {
      this.word = word;
    }

    /// As the demo prints it.
    String word() {
      return word;
    }
  }

  /// One look.
  ///
  /// @param addresses those in the Service's status
  /// @param ledger the commits of the reconciler's own ledger branch, newest first
  /// @param remote ids of the commits that the remote has
  /// @param speakers node → what its speaker says; a speaker that does not answer is not there
  record Look(
      List<String> addresses,
      List<LogEntry> ledger,
      Set<String> remote,
      SortedMap<NodeName, SpeakerStatus> speakers) {}

  /// Something that was not there at the look before.
  ///
  /// @param at time since the Service was created
  record News(Duration at, Stage stage, String detail) {}

  private final ServiceRef service;
  private final Goal goal;
  private final Set<String> told = new HashSet<>();
  private final Set<Stage> reached = EnumSet.noneOf(Stage.class);

  Progress(ServiceRef service, Goal goal) {
    this.service = service;
    this.goal = goal;
  }

  /// What is new.
  List<News> observe(Look look, Duration at) {
    List<News> news = new ArrayList<>();
    Optional<LogEntry> commit = commitOf(look.ledger());
    commit.ifPresent(entry -> tell(news, at, Stage.COMMITTED, entry.id() + "  " + entry.subject()));
    look.addresses().forEach(address -> tell(news, at, Stage.ALLOCATED, address));
    commit
        .filter(entry -> look.remote().contains(entry.id()))
        .ifPresent(entry -> tell(news, at, Stage.PUSHED, entry.id() + "  is on the remote"));
    look.addresses().forEach(address -> announcements(news, at, address, look.speakers()));
    return news;
  }

  /// The stages that the Service has not reached yet, in order.
  List<Stage> missing() {
    return Stream.of(Stage.values()).filter(stage -> !reached.contains(stage)).toList();
  }

  private Optional<LogEntry> commitOf(List<LogEntry> ledger) {
    return ledger.stream()
        .filter(entry -> entry.values("Service").contains(service.toString()))
        .findFirst();
  }

  private void announcements(
      List<News> news, Duration at, String address, SortedMap<NodeName, SpeakerStatus> speakers) {
    speakers.forEach(
        (node, status) ->
            status.announcements().stream()
                .filter(announcement -> announcement.address().toString().equals(address))
                .flatMap(announcement -> words(node, announcement).stream())
                .forEach(detail -> tell(news, at, Stage.ANNOUNCED, detail)));
  }

  private Optional<String> words(NodeName node, AnnouncementStatus announcement) {
    if (announcement.state() == AnnouncementState.ANNOUNCED) {
      List<String> ways = new ArrayList<>();
      if (!announcement.interfaces().isEmpty()) {
        ways.add("ARP on " + String.join(", ", announcement.interfaces()));
      }
      announcement.peers().forEach(peer -> ways.add("BGP to " + peer));
      return Optional.of("by " + node + ": " + String.join(", ", ways));
    }
    return switch (goal) {
      case ANNOUNCED -> Optional.empty();
      case TAKEN_OVER ->
          Optional.of(
              "not on the wire; held ready by "
                  + node
                  + announcement.reason().map(why -> " (" + why + ")").orElse(""));
    };
  }

  private void tell(List<News> news, Duration at, Stage stage, String detail) {
    reached.add(stage);
    if (told.add(stage + detail)) {
      news.add(new News(at, stage, detail));
    }
  }
}
