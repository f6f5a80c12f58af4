// SPDX-License-Identifier: Apache-2.0
/// The speaker's desired state on disk: what it announces when it starts without anybody to ask.
///
/// The file `desired.json` holds the document as it was received, octet for octet, with its digest;
/// so members of a newer version survive until this speaker is upgraded. It is replaced by writing
/// another file beside it, fsync, rename, fsync of the directory: whatever kills the process or the
/// machine, the old or the new document is there, whole. A document that is damaged all the same is
/// put aside as `desired.json.damaged`, for people to look at, and counts as absent.
///
/// Deltas that come after it are added to `desired.deltas`, a line each, with one fsync: 0.5 KiB
/// instead of 5 MiB for a change at 10,000 addresses. Once they are as large as the document they
/// are refused until the whole state comes again and replaces both. A line that a crash cut off was
/// never acknowledged and does not count; nor do lines that start from another digest than what is
/// before them.
@NullMarked
package io.gitlb.speaker.store;

import org.jspecify.annotations.NullMarked;
