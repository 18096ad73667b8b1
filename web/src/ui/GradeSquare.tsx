// How good is the evidence? A letter in a square; the words come with it.

export function GradeSquare({ grade, words }: { grade: string; words: string }) {
  return (
    <span className={`gradesquare ${grade}`} role="img" aria-label={words} title={words}>
      {grade}
    </span>
  );
}
