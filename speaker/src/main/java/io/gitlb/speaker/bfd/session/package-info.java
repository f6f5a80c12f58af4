// SPDX-License-Identifier: Apache-2.0
/// Runs the BFD machines over UDP with Netty: the liveness sessions between speakers.
///
/// One thread owns every session and does nothing else; files and interface names are read by a
/// second one, so that a slow disk delays no packet.
@NullMarked
package io.gitlb.speaker.bfd.session;

import org.jspecify.annotations.NullMarked;
