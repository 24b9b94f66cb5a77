/** A plan as large as its place allows, in its own shape: what stands on it at left and top per cent is right at any size. */
import type { CSSProperties, ReactNode, Ref } from "react";
import { type Plan, planImage } from "./types";
import "./site.css";

export function PlanPicture({ plan, children, canvas, className = "" }: { plan: Plan; children: ReactNode; canvas?: Ref<HTMLDivElement>; className?: string }) {
  const ratio = plan.width / plan.height;
  return (
    <div className={`plan-room ${className}`}>
      <div className="plan" ref={canvas} style={{ "--ratio": ratio, aspectRatio: `${plan.width} / ${plan.height}` } as CSSProperties}>
        <img src={planImage(plan)} alt={plan.name} draggable={false} />
        {children}
      </div>
    </div>
  );
}
