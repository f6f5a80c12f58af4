// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.SpeakerPort.SpeakerReport;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.NodeName;
import java.util.Optional;

/// What is known of one speaker, and what follows from it.
///
/// @param node whose speaker it is
/// @param desired the newest state for its node; empty while it is only listened to
/// @param settled the state that was answered finally, stored or stale, and need not be sent again;
///   empty when there is none, when the speaker has lost it, and when it was restarted: it waits
///   for somebody to confirm what it has on disk
/// @param digest by which the speaker knows the settled state; empty when it did not store it
/// @param stored the generation that the speaker acknowledged or told of last
/// @param status its last status
/// @param pushFailure why the last push failed; empty when it did not
/// @param pollFailure why the last question for the status failed; empty when it did not
/// @param answers counts the final answers to pushes
record SpeakerPicture(
    NodeName node,
    Optional<DesiredState> desired,
    Optional<DesiredState> settled,
    Optional<String> digest,
    Optional<Generation> stored,
    Optional<SpeakerStatus> status,
    Optional<Failure> pushFailure,
    Optional<Failure> pollFailure,
    long answers) {

  /// Of a speaker that was never talked to.
  static SpeakerPicture first(NodeName node) {
    return new SpeakerPicture(
        node,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0);
  }

  SpeakerPicture wants(DesiredState newer) {
    return new SpeakerPicture(
        node,
        Optional.of(newer),
        settled,
        digest,
        stored,
        status,
        pushFailure,
        pollFailure,
        answers);
  }

  /// The state to push now. Equal states have equal digests, so an equal one is not due again.
  Optional<DesiredState> due() {
    return settled.equals(desired) ? Optional.empty() : desired;
  }

  /// The state that the speaker has, as far as is known, for a delta of it.
  Optional<PushBase> base() {
    return settled.flatMap(state -> digest.map(known -> new PushBase(state, known)));
  }

  /// @param pushed the state that was sent; `desired` may be a newer one by now, and then it does
  ///   not matter that this one was stale
  SpeakerPicture afterPush(DesiredState pushed, PushOutcome outcome) {
    return switch (outcome) {
      case PushOutcome.Stored(String storedAs) ->
          answered(pushed, Optional.of(storedAs), pushed.generation(), Optional.empty());
      case PushOutcome.Stale(Generation newest, Failure failure) ->
          answered(
              pushed,
              Optional.empty(),
              newest,
              Optional.of(failure).filter(_ -> desired.equals(Optional.of(pushed))));
      case PushOutcome.Failed(Failure failure) ->
          new SpeakerPicture(
              node,
              desired,
              settled,
              digest,
              stored,
              status,
              Optional.of(failure),
              pollFailure,
              answers);
    };
  }

  private SpeakerPicture answered(
      DesiredState pushed,
      Optional<String> storedAs,
      Generation newest,
      Optional<Failure> failure) {
    return new SpeakerPicture(
        node,
        desired,
        Optional.of(pushed),
        storedAs,
        Optional.of(newest),
        status,
        failure,
        pollFailure,
        answers + 1);
  }

  SpeakerPicture pollFailed(Failure failure) {
    return new SpeakerPicture(
        node, desired, settled, digest, stored, status, pushFailure, Optional.of(failure), answers);
  }

  /// What a status changes. One that may be older than the last answer to a push, because it was
  /// asked for before, and contradicts that answer, changes nothing: it has to be asked for again.
  ///
  /// @param answersWhenAsked [#answers()] when the question for the status went out
  SpeakerPicture afterStatus(SpeakerStatus told, long answersWhenAsked) {
    return answersWhenAsked != answers && isBelow(told.stored(), stored) ? this : afterStatus(told);
  }

  private SpeakerPicture afterStatus(SpeakerStatus told) {
    boolean sameRun = status.filter(last -> !last.bootId().equals(told.bootId())).isEmpty();
    Optional<DesiredState> kept =
        settled
            .filter(_ -> sameRun)
            .filter(state -> !isBelow(told.stored(), Optional.of(state.generation())));
    return new SpeakerPicture(
        node,
        desired,
        kept,
        digest.filter(_ -> kept.isPresent()),
        told.stored(),
        Optional.of(told),
        pushFailure,
        Optional.empty(),
        answers);
  }

  private static boolean isBelow(Optional<Generation> told, Optional<Generation> known) {
    return known.isPresent()
        && (told.isEmpty() || told.orElseThrow().compareTo(known.orElseThrow()) < 0);
  }

  /// A failure to push says more than a failure to ask.
  SpeakerReport report() {
    return new SpeakerReport(stored, status, pushFailure.or(this::overtaken).or(() -> pollFailure));
  }

  private Optional<Failure> overtaken() {
    return desired
        .map(DesiredState::generation)
        .flatMap(
            ours ->
                stored
                    .filter(generation -> generation.compareTo(ours) > 0)
                    .map(generation -> PushFailure.stale(node, "", generation, ours)));
  }
}
