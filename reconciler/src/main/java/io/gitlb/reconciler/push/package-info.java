// SPDX-License-Identifier: Apache-2.0
/// Desired states to the speakers, and their statuses back.
///
/// Each node that is followed has a link of its own with two virtual threads: one pushes once there
/// is a desired state, one asks for the status by long poll from the first moment. Nothing is
/// shared between links, so a speaker that is dead or slow delays no other.
///
/// **Push.** `PUT /v1/desired` carries the whole state. When the speaker has acknowledged the state
/// before and less than a quarter of the announcements differ, `PATCH /v1/desired` carries the
/// difference, with the digest by which the speaker knows what it has as `If-Match`; whatever the
/// speaker answers but that it stored the state or has a newer one, the whole state follows at
/// once. So a speaker that has lost its state, heard another reconciler, kept enough deltas, or is
/// of a version that knows none, is served all the same. One push a speaker is under way at a time;
/// a state that comes meanwhile, or while a retry waits, takes the place of the one before. A state
/// that was acknowledged is not sent again unless the speaker tells that it has lost it.
///
/// **Status.** `GET /v1/status?after=SEQUENCE&boot=BOOTID&wait=30s`: the speaker answers when its
/// status has another sequence than `after`, when it is another run than `boot`, or when the time
/// is up. After a failure and at first we ask with `after=0` and no `boot`, which is answered at
/// once. A speaker that does not look at `boot` tells of a restart within `wait` all the same.
///
/// **Retry.** Full jitter: a random wait between nothing and a limit that doubles with each failure
/// in a row, 0.5 s to 30 s. A newer state, another address of the speaker, or its coming back ends
/// the wait.
///
/// What we know of a speaker is a value ([SpeakerPicture]) that each event turns into the next one;
/// the link is the shell around it.
@NullMarked
package io.gitlb.reconciler.push;

import org.jspecify.annotations.NullMarked;
