// SPDX-License-Identifier: Apache-2.0
/// The speaker of one node, joined from its parts: a desired state is received, stored, and then in
/// force: answered on the links, told to the BGP peers, reported in the status.
///
/// [SpeakerProcess] is the wiring, readable from top to bottom. Each part that keeps state has one
/// owner: [Layer2] the thread of [Layer2Thread], a BGP session its event loop.
@NullMarked
package io.gitlb.speaker;

import org.jspecify.annotations.NullMarked;
