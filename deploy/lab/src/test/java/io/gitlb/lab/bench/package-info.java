// SPDX-License-Identifier: Apache-2.0
/// `./gitlb bench api`: the reconciler as a real process against the API server stand-in as
/// another, watched and driven from a third. [ApiBench] tells what is measured and how.
@NullMarked
package io.gitlb.lab.bench;

import org.jspecify.annotations.NullMarked;
