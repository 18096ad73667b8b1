// The room a page will take, kept while it is fetched; after half a second it says what it waits for.

export function Bones({ label, rows = 3 }: { label: string; rows?: number }) {
  return (
    <div className="bones" aria-busy="true">
      <span className="bone" style={{ width: '62%', height: 36 }} />
      <span className="bone" style={{ width: '44%', height: 18 }} />
      <p className="waiting" role="status">
        {label}
      </p>
      {Array.from({ length: rows }, (_, at) => (
        <span key={at} className="bone" style={{ width: '100%', height: 96 }} />
      ))}
    </div>
  );
}
