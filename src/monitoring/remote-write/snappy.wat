;; Decodes a block of Snappy. The memory holds both the block and what it decodes to; JavaScript knows the sizes and
;; has made sure that there are 16 bytes and more behind either, which may be read and overwritten: so eight or sixteen bytes are
;; copied at a time, and what was copied too far is overwritten by what comes next.
;; Source: https://github.com/google/snappy/blob/main/format_description.txt
(module
  (import "nines" "memory" (memory 1))

  ;; $in to $end: the elements of the block, behind the size that it begins with. $out: where to decode to, so many bytes.
  ;; 1, or 0 where the block is damaged or doesn't make as many bytes.
  (func (export "decode") (param $in i32) (param $end i32) (param $out i32) (param $size i32) (result i32)
    (local $at i32) (local $stop i32) (local $tag i32) (local $length i32) (local $offset i32) (local $from i32) (local $next i32)
    (local.set $at (local.get $out))
    (local.set $stop (i32.add (local.get $out) (local.get $size)))
    (loop $element
      (if (i32.ge_u (local.get $in) (local.get $end))
        (then (return (i32.eq (local.get $at) (local.get $stop)))))
      (local.set $tag (i32.load8_u (local.get $in)))
      (local.set $in (i32.add (local.get $in) (i32.const 1)))
      (local.set $length (i32.add (i32.shr_u (local.get $tag) (i32.const 2)) (i32.const 1)))
      (local.set $tag (i32.and (local.get $tag) (i32.const 3)))

      (if (i32.eqz (local.get $tag))
        (then
          ;; A literal. From 61 its length stands behind the tag, in one to four bytes.
          (if (i32.gt_u (local.get $length) (i32.const 60))
            (then
              (local.set $from (i32.sub (local.get $length) (i32.const 60)))
              (local.set $length (i32.add (i32.const 1) (i32.and (i32.load (local.get $in))
                (i32.shr_u (i32.const -1) (i32.sub (i32.const 32) (i32.mul (local.get $from) (i32.const 8)))))))
              (local.set $in (i32.add (local.get $in) (local.get $from)))
              (if (i32.or (i32.gt_u (local.get $in) (local.get $end)) (i32.eqz (local.get $length)))
                (then (return (i32.const 0))))))
          (if (i32.or
                (i32.gt_u (local.get $length) (i32.sub (local.get $end) (local.get $in)))
                (i32.gt_u (local.get $length) (i32.sub (local.get $stop) (local.get $at))))
            (then (return (i32.const 0))))
          (local.set $from (local.get $in))
          (local.set $next (i32.add (local.get $at) (local.get $length)))
          (local.set $in (i32.add (local.get $in) (local.get $length)))
          (loop $sixteen
            (i64.store (local.get $at) (i64.load (local.get $from)))
            (i64.store offset=8 (local.get $at) (i64.load offset=8 (local.get $from)))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (local.set $from (i32.add (local.get $from) (i32.const 16)))
            (br_if $sixteen (i32.lt_u (local.get $at) (local.get $next))))
          (local.set $at (local.get $next))
          (br $element)))

      ;; A copy of what was decoded, $offset bytes back. Kind 1 has three bits of length and eleven of offset, 2 and 3 an offset of two and
      ;; four bytes.
      (if (i32.eq (local.get $tag) (i32.const 1))
        (then
          (local.set $offset (i32.or
            (i32.shl (i32.and (i32.sub (local.get $length) (i32.const 1)) (i32.const 0x38)) (i32.const 5))
            (i32.load8_u (local.get $in))))
          (local.set $length (i32.add (i32.and (i32.sub (local.get $length) (i32.const 1)) (i32.const 7)) (i32.const 4)))
          (local.set $in (i32.add (local.get $in) (i32.const 1))))
        (else
          (if (i32.eq (local.get $tag) (i32.const 2))
            (then
              (local.set $offset (i32.load16_u (local.get $in)))
              (local.set $in (i32.add (local.get $in) (i32.const 2))))
            (else
              (local.set $offset (i32.load (local.get $in)))
              (local.set $in (i32.add (local.get $in) (i32.const 4)))))))
      (if (i32.or
            (i32.or (i32.gt_u (local.get $in) (local.get $end)) (i32.eqz (local.get $offset)))
            (i32.or
              (i32.gt_u (local.get $offset) (i32.sub (local.get $at) (local.get $out)))
              (i32.gt_u (local.get $length) (i32.sub (local.get $stop) (local.get $at)))))
        (then (return (i32.const 0))))
      (local.set $from (i32.sub (local.get $at) (local.get $offset)))
      (local.set $next (i32.add (local.get $at) (local.get $length)))
      ;; It may repeat what it makes: so many bytes at a time only where those are there already.
      (if (i32.ge_u (local.get $offset) (i32.const 8))
        (then
          (loop $eight
            (i64.store (local.get $at) (i64.load (local.get $from)))
            (local.set $at (i32.add (local.get $at) (i32.const 8)))
            (local.set $from (i32.add (local.get $from) (i32.const 8)))
            (br_if $eight (i32.lt_u (local.get $at) (local.get $next)))))
        (else
          (loop $one
            (i32.store8 (local.get $at) (i32.load8_u (local.get $from)))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (local.set $from (i32.add (local.get $from) (i32.const 1)))
            (br_if $one (i32.lt_u (local.get $at) (local.get $next))))))
      (local.set $at (local.get $next))
      (br $element))
    (unreachable)))
